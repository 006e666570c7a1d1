#include "projections/inventory/stock.hpp"

#include <doctest/doctest.h>

#include "tests/views/folded.hpp"

using namespace inventory;

namespace {

using folded::epoch;

class View : public folded::View {
 public:
  explicit View(std::size_t batch_size = 1) : folded::View{stock(), batch_size} {}

  template <class Fact>
  View& item(const std::string& id, const Fact& fact) {
    add("inventory/StockItem/" + id, fact);
    return *this;
  }
  std::vector<std::string> index(const std::string& name) const {
    return folded::View::index("items", name);
  }
};

StockItemCreated created(const std::string& product) {
  return {
      .product_id = schemas::Id<"Product">{product},
      .location_id = schemas::Id<"Location">{"main"}};
}
StockReceived received(std::int64_t quantity) { return {.quantity = quantity, .source_ref = "po"}; }
const schemas::Id<"Reservation"> r1{"r-1"};
StockReserved reserved(std::int64_t quantity) {
  return {.reservation_id = r1, .quantity = quantity, .expires_at = epoch};
}

}  // namespace

TEST_SUITE("views: stock") {
  TEST_CASE("a row shows what is there, what is promised and what is left") {
    View view;
    view.item("sku-1", created("p-1")).item("sku-1", received(10)).item("sku-1", reserved(3));
    const auto row = view.row(items, "sku-1");
    REQUIRE(row);
    CHECK(row->quantity_on_hand == 10);
    CHECK(row->quantity_reserved == 3);
    CHECK(row->quantity_available == 7);
    CHECK(row->last_updated == epoch + std::chrono::seconds{3});
    CHECK(view.row(reservations, "sku-1~r-1")->status == ReservationStatus::held);
  }

  TEST_CASE("what is oversold is shown as backordered, never as less than nothing") {
    View view;
    view.item("sku-1", created("p-1")).item("sku-1", reserved(3));
    CHECK(view.row(items, "sku-1")->quantity_available == 0);
    CHECK(view.row(items, "sku-1")->quantity_backordered == 3);
  }

  TEST_CASE("a reservation's row tells how it ended, and its units come back") {
    View view;
    view.item("sku-1", created("p-1")).item("sku-1", received(10)).item("sku-1", reserved(3));
    SUBCASE("released") {
      view.item("sku-1", ReservationReleased{.reservation_id = r1, .quantity = 3});
      CHECK(view.row(reservations, "sku-1~r-1")->status == ReservationStatus::released);
      CHECK(view.row(items, "sku-1")->quantity_available == 10);
    }
    SUBCASE("shipped") {
      view.item("sku-1", ReservationCommitted{.reservation_id = r1})
          .item("sku-1", StockDeducted{.reservation_id = r1, .quantity = 3});
      CHECK(view.row(reservations, "sku-1~r-1")->status == ReservationStatus::consumed);
      CHECK(view.row(items, "sku-1")->quantity_on_hand == 7);
      CHECK(view.row(items, "sku-1")->quantity_available == 7);
    }
  }

  TEST_CASE(
      "items that run low are listed from the emptiest on, and leave the list when they are full "
      "again") {
    View view;
    for (const auto* id : {"a", "b", "c"}) view.item(id, created("p-1"));
    view.item("a", received(4)).item("b", received(2)).item("c", received(9));
    for (const auto* id : {"a", "b", "c"}) view.item(id, ThresholdsSet{.low_threshold = 5});
    CHECK(view.index("low:quantity_available") == std::vector<std::string>{"b", "a"});
    view.item("b", received(9));
    CHECK(view.index("low:quantity_available") == std::vector<std::string>{"a"});
  }

  TEST_CASE("a product's stock is the sum over its locations") {
    View view;
    view.item("a", created("p-1")).item("b", created("p-1")).item("c", created("p-10"));
    view.item("a", received(4)).item("b", received(2)).item("c", received(9));
    folded::Still still{view.store()};
    const auto reader = views::make_reader(view.type(), still);
    reader->read([](const views::Moment& moment) {
      const auto found = product_stock(moment, "p-1");
      REQUIRE(found);
      ProductStockRow row;
      decode(found->bytes, row);
      CHECK(row.quantity_available == 6);
      CHECK(row.locations.size() == 2);
      CHECK_FALSE(product_stock(moment, "p-2"));
    });
  }

  TEST_CASE("however many commits go into one write, the view is the same") {
    const auto folded = [](std::size_t batch_size) {
      View view{batch_size};
      for (int i = 0; i < 50; ++i) {
        const auto id = "sku-" + std::to_string(i % 7);
        if (i < 7) view.item(id, created("p-" + std::to_string(i % 3)));
        view.item(id, received(i + 1));
        if (i % 2) view.item(id, ThresholdsSet{.low_threshold = 100 * i});
      }
      view.write();
      std::map<std::string, std::string> all;
      for (fold::Family family = 1; family <= views::families(view.type()).size(); ++family)
        view.store().scan(family, "", "", [&](auto key, auto value) {
          all[std::to_string(family) + std::string{key}] = value;
          return true;
        });
      return all;
    };
    const auto one_by_one = folded(1);
    CHECK(one_by_one.size() > 14);
    for (const std::size_t size : {2u, 3u, 11u, 1000u}) CHECK((folded(size) == one_by_one));
  }

  TEST_CASE("a fact that does not fit the row it changes is told of with its place") {
    View view;
    CHECK_THROWS_WITH_AS(
        view.item("sku-1", received(1)),
        "view stock: sku-1 is set aside: inventory/StockItem/sku-1 version 1, StockReceived: it "
        "changes the row sku-1 of items, which is not there; mend the view, start it again, then "
        "`construct view retry stock`",
        std::runtime_error);
  }
}
