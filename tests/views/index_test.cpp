// Where rows stand in their indexes.

#include "projections/views/index.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <limits>

#include "schemas/inventory.hpp"

using namespace views;

namespace {

IndexType index_of(std::string_view table, const std::vector<std::string>& fields) {
  IndexType index;
  for (const auto& name : fields)
    index.fields.push_back(schemas::platform().table(table)->field(name));
  return index;
}

inventory::ReservationRow reservation() {
  return {
      .reservation_id = schemas::Id<"Reservation">{"r-1"},
      .inventory_id = schemas::Id<"StockItem">{"sku-1"},
      .quantity_reserved = 3,
      .status = inventory::ReservationStatus::consumed};
}

}  // namespace

TEST_SUITE("views: index") {
  TEST_CASE("numbers sort as they count") {
    const std::vector<std::int64_t> numbers{
        std::numeric_limits<std::int64_t>::min(),
        -2,
        -1,
        0,
        1,
        9,
        10,
        std::numeric_limits<std::int64_t>::max()};
    std::vector<std::string> parts;
    for (const auto number : numbers) parts.push_back(index_part(number));
    CHECK(std::ranges::is_sorted(parts));
    CHECK(std::ranges::adjacent_find(parts) == parts.end());
  }

  TEST_CASE("an entry is the fields' parts and the row's key") {
    const auto entries = index_entries(
        index_of("ReservationRow", {"inventory_id", "status"}), "sku-1~r-1", encode(reservation()));
    REQUIRE(entries.size() == 1);
    CHECK(entries[0] == index_part("sku-1") + index_part(2) + "sku-1~r-1");
    CHECK(row_key_of(entries[0]) == "sku-1~r-1");
  }

  TEST_CASE("an absent value comes before every other") {
    const auto index = index_of("ReservationRow", {"order_id"});
    auto row = reservation();
    const auto without = index_entries(index, "k", encode(row));
    row.order_id = schemas::Id<"Order">{"-"};
    CHECK(without[0] < index_entries(index, "k", encode(row))[0]);
  }

  TEST_CASE("of a long text the first bytes count, and no short one is taken for it") {
    const std::string prefix(index_text_most - 1, 'x');
    CHECK(index_part(prefix + "yz") == index_part(prefix + "y"));
    CHECK_FALSE(index_part(prefix + "y").starts_with(index_part(prefix)));
  }

  TEST_CASE("a list puts its row at each of its items") {
    const auto index = index_of("StockItemSnapshot", {"location_id", "returns"});
    inventory::StockItemSnapshot row{.location_id = schemas::Id<"Location">{"main"}};
    CHECK(index_entries(index, "k", encode(row)).empty());
    row.returns = {"b", "a"};
    CHECK(
        index_entries(index, "k", encode(row)) == std::vector{
                                                      index_part("main") + index_part("b") + "k",
                                                      index_part("main") + index_part("a") + "k"});
  }

  TEST_CASE("what is no row of the table is damage") {
    CHECK_THROWS_AS(
        index_entries(index_of("ReservationRow", {"order_id"}), "k", "not a row"),
        schemas::Corrupt);
  }
}
