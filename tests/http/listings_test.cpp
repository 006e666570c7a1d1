// Which filters and sorts a list has, from its table's indexes.

#include "gateways/http/listings.hpp"

#include <doctest/doctest.h>

#include "projections/views/view.hpp"
#include "schemas/inventory.hpp"

using namespace http;

namespace {

// Reservations of a shop, and a subset of them that has an index of its own.
const views::TableType& table() {
  static const auto view = views::Builder{"test", 1}
                               .table(
                                   views::Table<inventory::ReservationRow>{"reservations"},
                                   {{.by = {"inventory_id", "reserved_at"}},
                                    {.by = {"inventory_id", "status", "reserved_at"}},
                                    {.by = {"status", "inventory_id", "expires_at"}},
                                    {.by = {"reserved_at"}},
                                    {.by = {"expires_at"},
                                     .among = "held",
                                     .holds =
                                         [](const inventory::ReservationRow& row) {
                                           return row.status == inventory::ReservationStatus::held;
                                         }}})
                               .build();
  return view.tables[0];
}

ListQuery query() {
  return {
      .view = "test",
      .table = "reservations",
      .row = "ReservationRow",
      .filters = {"inventory_id", "status"},
      .sorts = {"-reserved_at", "expires_at"}};
}

std::string said(const ListQuery& query, const std::vector<std::string>& in_address) try {
  return describe(listings_of(table(), query, in_address), in_address.size());
} catch (const std::invalid_argument& error) {
  return error.what();
}

}  // namespace

TEST_SUITE("http: listings") {
  TEST_CASE("an index answers the filters it begins with, in any order, and the sort after them") {
    const auto all = listings_of(table(), query(), {});
    const auto index = [&](const std::vector<std::string_view>& filters, std::string_view sort) {
      const auto* found = find_listing(all, filters, sort);
      return !found ? "none" : !found->index ? "keys" : found->index->name;
    };
    CHECK(index({}, "") == "reserved_at");
    CHECK(index({"inventory_id"}, "") == "inventory_id+reserved_at");
    CHECK(index({"status"}, "") == "status+inventory_id+expires_at");
    CHECK(index({"status"}, "reserved_at") == "none");
    CHECK(index({"status", "inventory_id"}, "") == "inventory_id+status+reserved_at");
    CHECK(index({"inventory_id", "status"}, "expires_at") == "status+inventory_id+expires_at");
    CHECK(index({"inventory_id"}, "status") == "none");
    CHECK(find_listing(all, {}, "")->order == views::Order::descending);
  }

  TEST_CASE("what goes together is said in words") {
    CHECK(
        said(query(), {}) ==
        "none (sort by reserved_at); inventory_id (sort by reserved_at); status; "
        "inventory_id with status (sort by reserved_at or expires_at)");
    auto in_item = query();
    in_item.filters = {"status"};
    CHECK(
        said(in_item, {"inventory_id"}) ==
        "none (sort by reserved_at); status (sort by reserved_at or expires_at)");
  }

  TEST_CASE("a subset is listed by its own indexes only") {
    auto held = query();
    held.among = "held";
    held.filters = {};
    held.sorts = {"expires_at"};
    CHECK(listings_of(table(), held, {}).front().index->name == "held:expires_at");
    held.sorts = {"reserved_at"};
    CHECK(said(held, {}).starts_with("no index of reservations answers the sort reserved_at"));
    held.among = "lost";
    CHECK(said(held, {}).starts_with("no index of reservations answers the address and subset"));
  }

  TEST_CASE("a filter or a sort that no index answers is refused when it is declared") {
    auto wrong = query();
    wrong.filters.emplace_back("order_id");
    CHECK(
        said(wrong, {}) ==
        "no index of reservations answers the filter order_id of this list; declare one in the "
        "view test");
    CHECK(said(query(), {"cart_id"}).starts_with("no index of reservations answers the address"));
  }

  TEST_CASE("an index of what the row does not have is refused") {
    CHECK_THROWS_WITH_AS(
        (views::Builder{"test", 1}.table(
            views::Table<inventory::TransferRow>{"transfers"}, {{.by = {"lines"}}})),
        "the index lines of transfers: TransferRow has no field lines of a plain value; name one "
        "that it has",
        std::invalid_argument);
  }
}
