#include "projections/ordering/orders.hpp"

#include <doctest/doctest.h>

#include "tests/views/folded.hpp"

using namespace ordering;
using Keys = std::vector<std::string>;
using S = OrderStatus;

namespace {

struct View : folded::View {
  View() : folded::View{orders_view()} {}

  template <class Fact>
  View& order(const std::string& id, const Fact& fact) {
    add("ordering/Order/" + id, fact);
    return *this;
  }
};

OrderPlaced placed(const std::string& user) {
  return {
      .user_id = schemas::Id<"User">{user},
      .currency_code = "EUR",
      .payment_method = "test_ok",
      .total_amount = 3998,
      .items = {
          {.order_item_id = schemas::Id<"OrderItem">{"i-1"},
           .product_id = schemas::Id<"Product">{"p-1"},
           .inventory_id = schemas::Id<"StockItem">{"sku-1"},
           .quantity = 2,
           .unit_price = 1999}}};
}
OrderStatusChanged changed(const std::string& id, S from, S to) {
  return {
      .status_history_id = schemas::Id<"OrderStatusHistory">{id},
      .old_status = from,
      .new_status = to};
}

}  // namespace

TEST_SUITE("views: orders") {
  TEST_CASE("a row shows the order, its items and what became of it") {
    View view;
    view.order("o-1", placed("u-1"))
        .order(
            "o-1",
            OrderStockSecured{
                .reservations =
                    {{schemas::Id<"OrderItem">{"i-1"}, schemas::Id<"Reservation">{"r-1"}}}})
        .order("o-1", changed("o-1~1", S::pending, S::awaiting_payment))
        .order("o-1", OrderPaymentAttached{schemas::Id<"PaymentIntent">{"o-1~1"}})
        .order(
            "o-1",
            OrderItemsShipped{
                .shipment_id = schemas::Id<"Shipment">{"s-1"},
                .lines = {{schemas::Id<"OrderItem">{"i-1"}, 1}}});
    const auto row = view.row(orders, "o-1");
    REQUIRE(row);
    CHECK(row->status == S::awaiting_payment);
    CHECK(row->payment_id->text() == "o-1~1");
    CHECK(row->total_amount == 3998);
    CHECK(row->created_at == folded::epoch + std::chrono::seconds{1});
    CHECK(row->updated_at == folded::epoch + std::chrono::seconds{5});
    REQUIRE(row->items.size() == 1);
    CHECK(row->items[0].total_price == 3998);
    CHECK(row->items[0].shipped == 1);
    CHECK(row->items[0].reservation_id->text() == "r-1");
    REQUIRE(row->history.size() == 1);
    CHECK(row->history[0].by == "ann");
    CHECK(row->history[0].changed_at == folded::epoch + std::chrono::seconds{3});
    CHECK((view.row(history, "o-1~1") == row->history[0]));
  }

  TEST_CASE("orders are listed by user and by status, in the order they were placed") {
    View view;
    for (const auto* id : {"c", "a", "b"})
      view.order(id, placed(id == std::string{"a"} ? "u" : "v"));
    view.order("b", changed("b~1", S::pending, S::confirmed));
    CHECK(view.index("orders", "created_at") == Keys{"c", "a", "b"});
    CHECK(view.index("orders", "user_id+created_at") == Keys{"a", "c", "b"});
    CHECK(view.index("orders", "status+created_at") == Keys{"c", "a", "b"});
    CHECK(view.index("orders", "user_id+status+created_at") == Keys{"a", "c", "b"});
    CHECK(view.index("history", "order_id+changed_at") == Keys{"b~1"});
  }
}
