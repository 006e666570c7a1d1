#include <limits>

#include "tests/ordering/values.hpp"

using namespace ordering;

namespace {

constexpr auto largest = std::numeric_limits<std::int64_t>::max();

// What brings an order to each status.
auto awaiting_payment() { return order(placed, secured, awaiting); }
auto confirmed_order() { return order(placed, secured, awaiting, confirmed); }
auto on_hold() { return order(placed, secured, awaiting, confirmed, held_back); }
auto cancelled() { return order(placed, secured, changed(1, S::pending, S::cancelled)); }
auto failed() { return order(placed, secured, changed(1, S::pending, S::failed)); }
auto partly_shipped() {
  return confirmed_order().and_then(
      shipped(s1, {{i1, 1}}), changed(3, S::confirmed, S::partially_shipped));
}
auto all_shipped() {
  return partly_shipped().and_then(
      shipped(s2, {{i1, 1}, {i2, 1}}), changed(4, S::partially_shipped, S::shipped));
}
auto delivered() {
  return all_shipped().and_then(
      OrderItemsDelivered{s1}, OrderItemsDelivered{s2}, changed(5, S::shipped, S::delivered));
}

}  // namespace

TEST_SUITE("ordering: place") {
  TEST_CASE("an order says what it comes to") { order().when(place()).then(placed); }
  TEST_CASE("the same order again is nothing to do, whatever became of it") {
    order(placed).when(place()).then_nothing();
    cancelled().when(place()).then_nothing();
  }
  TEST_CASE("another order may not take its id") {
    auto other = place();
    other.user_id = schemas::Id<"User">{"u-2"};
    order(placed).when(other).then_refused(R::already_exists);
    order(placed).when(place({two_lines[1], two_lines[0]})).then_refused(R::already_exists);
    order(placed).when(place({})).then_refused(R::already_exists);
  }
  TEST_CASE("what is wrong with the items is said in order of precedence") {
    std::vector<OrderLine> bad(101, line(i1, sku1, 0, 0));
    auto command = place(bad);
    command.currency_code = "eur";
    const auto refused = [&](R why) { order().when(command).then_refused(why); };
    refused(R::items_out_of_range);
    command.items.resize(100);
    refused(R::duplicate_item);
    for (std::size_t i = 0; i < bad.size() - 1; ++i)
      command.items[i].order_item_id = schemas::Id<"OrderItem">{"i-" + std::to_string(i)};
    refused(R::duplicate_inventory);
    for (std::size_t i = 0; i < bad.size() - 1; ++i)
      command.items[i].inventory_id = schemas::Id<"StockItem">{"sku-" + std::to_string(i)};
    refused(R::quantity_out_of_range);
    for (auto& item : command.items) item.quantity = units_max;
    refused(R::price_invalid);
    for (auto& item : command.items) item.unit_price = largest;
    refused(R::currency_unknown);
    command.currency_code = "EUR";
    refused(R::amount_out_of_range);
  }
  TEST_CASE("an order has items, and takes some of each at a price") {
    order().when(place({})).then_refused(R::items_out_of_range);
    for (const std::int64_t quantity : {std::int64_t{0}, std::int64_t{-1}, units_max + 1, largest})
      order().when(place({line(i1, sku1, quantity, 1)})).then_refused(R::quantity_out_of_range);
    for (const std::int64_t price : {std::int64_t{0}, std::int64_t{-1}, -largest - 1})
      order().when(place({line(i1, sku1, 1, price)})).then_refused(R::price_invalid);
  }
  TEST_CASE("a total is exact up to the largest amount, and refused beyond") {
    auto most = placed;
    most.items = {line(i1, sku1, 1, largest - 1), line(i2, sku2, 1, 1)};
    most.total_amount = largest;
    order().when(place(most.items)).then(most);
    most.items[1].unit_price = 2;
    order().when(place(most.items)).then_refused(R::amount_out_of_range);
    order().when(place({line(i1, sku1, 2, largest)})).then_refused(R::amount_out_of_range);
  }
  TEST_CASE("currencies are ISO 4217's") {
    for (const auto* code : {"", "E", "eur", "EURO", "XXX", "D A", "AED AFN"}) {
      auto command = place();
      command.currency_code = code;
      order().when(command).then_refused(R::currency_unknown);
    }
  }
  TEST_CASE("an order whose stock is set aside waits for its payment") {
    order(placed).when(secure).then(secured, awaiting);
    awaiting_payment().when(secure).then_refused(R::order_closed);
    order().when(secure).then_refused(R::not_found);
  }
}

TEST_SUITE("ordering: pay") {
  TEST_CASE("an order takes the payment that is for its total") {
    awaiting_payment().when(attach(4498)).then(attached);
    awaiting_payment().and_then(attached).when(attach(1)).then_nothing();
  }
  TEST_CASE("what is wrong with a payment is said in order of precedence") {
    order().when(attach(1, "USD")).then_refused(R::not_found);
    cancelled().when(attach(1, "USD")).then_refused(R::not_awaiting_payment);
    awaiting_payment()
        .and_then(attached)
        .when(attach(1, "USD", p2))
        .then_refused(R::already_attached);
    awaiting_payment().when(attach(1, "USD")).then_refused(R::currency_mismatch);
    for (const std::int64_t amount : {4497, 4499, -4498, 0})
      awaiting_payment().when(attach(amount)).then_refused(R::amount_mismatch);
  }
  TEST_CASE("a paid order is confirmed") {
    awaiting_payment().when(confirm).then(OrderConfirmed{}, confirmed);
    confirmed_order().when(confirm).then_nothing();
    for (auto closed : {order(placed), cancelled(), failed(), partly_shipped(), on_hold()})
      closed.when(confirm).then_refused(R::not_awaiting_payment);
    order().when(confirm).then_refused(R::not_found);
  }
  TEST_CASE("confirmed afresh, it is said under which reservations its units are now") {
    awaiting_payment()
        .when(confirm_afresh)
        .then(
            OrderStockSecured{.reservations = {held(i1, "~2"), held(i2, "~2")}},
            OrderConfirmed{},
            confirmed);
  }
  TEST_CASE("an order that waits fails with a reason, any other does not") {
    const OrderFailed why{.reason = "timed_out"};
    order(placed).when(fail).then(why, changed(1, S::pending, S::failed, "timed_out"));
    awaiting_payment().when(fail).then(
        why, changed(2, S::awaiting_payment, S::failed, "timed_out"));
    failed().when(fail).then_nothing();
    for (auto closed : {confirmed_order(), cancelled(), on_hold(), all_shipped()})
      closed.when(fail).then_refused(R::order_closed);
    order().when(fail).then_refused(R::not_found);
  }
}

TEST_SUITE("ordering: cancel and hold") {
  TEST_CASE("until something is shipped, an order can be cancelled") {
    const OrderCancelled why{.reason = "mistake"};
    awaiting_payment().when(cancel).then(
        why, changed(2, S::awaiting_payment, S::cancelled, "mistake"));
    confirmed_order().when(cancel).then(why, changed(3, S::confirmed, S::cancelled, "mistake"));
    on_hold().when(cancel).then(why, changed(4, S::on_hold, S::cancelled, "mistake"));
    cancelled().when(cancel).then_nothing();
    for (auto gone : {partly_shipped(), all_shipped(), delivered()})
      gone.when(cancel).then_refused(R::already_shipped);
    failed().when(cancel).then_refused(R::order_closed);
    delivered()
        .and_then(changed(6, S::delivered, S::completed))
        .when(cancel)
        .then_refused(R::order_closed);
    order().when(cancel).then_refused(R::not_found);
  }
  TEST_CASE("of a confirmed order, what was not shipped can be cancelled in part") {
    confirmed_order()
        .repeatable()
        .when(cancel_lines({{i1, 1}}))
        .then(items_cancelled({{i1, 1}}, 1999));
    on_hold().when(cancel_lines({{i2, 1}})).then(items_cancelled({{i2, 1}}, 500));
    partly_shipped().when(cancel_lines({{i1, 1}})).then(items_cancelled({{i1, 1}}, 1999));
    confirmed_order()
        .and_then(items_cancelled({{i1, 1}}, 1999))
        .when(ship(s1, {{i1, 1}, {i2, 1}}))
        .then(shipped(s1, {{i1, 1}, {i2, 1}}), changed(3, S::confirmed, S::shipped));
  }
  TEST_CASE("when nothing is left of it, the order is cancelled, or all of it has been shipped") {
    confirmed_order()
        .and_then(items_cancelled({{i1, 2}}, 3998))
        .when(cancel_lines({{i2, 1}}))
        .then(
            OrderCancelled{.reason = "mistake"}, changed(3, S::confirmed, S::cancelled, "mistake"));
    const std::vector<ItemUnits> rest{{i1, 1}, {i2, 1}};
    partly_shipped()
        .when(cancel_lines(rest))
        .then(items_cancelled(rest, 2499), changed(4, S::partially_shipped, S::shipped));
    partly_shipped()
        .and_then(OrderItemsDelivered{s1})
        .when(cancel_lines(rest))
        .then(items_cancelled(rest, 2499), changed(4, S::partially_shipped, S::delivered));
  }
  TEST_CASE("what cannot be cancelled in part is refused in order of precedence") {
    order().when(cancel_lines({})).then_refused(R::not_found);
    awaiting_payment().when(cancel_lines({})).then_refused(R::not_confirmed);
    all_shipped().when(cancel_lines({})).then_refused(R::already_shipped);
    failed().when(cancel_lines({})).then_refused(R::order_closed);
    confirmed_order().when(cancel_lines({})).then_refused(R::items_out_of_range);
    const schemas::Id<"OrderItem"> none{"i-3"};
    for (const auto& lines : std::vector<std::vector<ItemUnits>>{
             {{none, 1}}, {{i1, 3}}, {{i1, 0}}, {{i1, -1}}, {{i1, 1}, {i1, 2}}, {{i1, largest}}})
      confirmed_order().when(cancel_lines(lines)).then_refused(R::exceeds_ordered);
    partly_shipped().when(cancel_lines({{i1, 2}})).then_refused(R::exceeds_ordered);
  }
  TEST_CASE("a confirmed order can be put on hold, and released") {
    confirmed_order().when(hold).then(OrderHeld{.reason = "fraud?"}, held_back);
    on_hold().when(hold).then_nothing();
    awaiting_payment().when(hold).then_refused(R::not_confirmed);
    cancelled().when(hold).then_refused(R::not_confirmed);
    partly_shipped().when(hold).then_refused(R::already_shipped);
    on_hold().when(release_hold).then(OrderHoldReleased{}, changed(4, S::on_hold, S::confirmed));
    confirmed_order().when(release_hold).then_nothing();
    order().when(release_hold).then_refused(R::not_found);
  }
}

TEST_SUITE("ordering: ship") {
  TEST_CASE("the first shipment, and the last one, change the status") {
    confirmed_order()
        .when(ship(s1, {{i1, 1}}))
        .then(shipped(s1, {{i1, 1}}), changed(3, S::confirmed, S::partially_shipped));
    partly_shipped().when(ship(s2, {{i1, 1}})).then(shipped(s2, {{i1, 1}}));
    partly_shipped()
        .when(ship(s2, {{i1, 1}, {i2, 1}}))
        .then(shipped(s2, {{i1, 1}, {i2, 1}}), changed(4, S::partially_shipped, S::shipped));
    partly_shipped().when(ship(s1, {{i2, 1}})).then_nothing();
  }
  TEST_CASE("what cannot be shipped is refused in order of precedence") {
    order().when(ship(s1, {})).then_refused(R::not_found);
    on_hold().when(ship(s1, {})).then_refused(R::order_on_hold);
    for (auto other : {awaiting_payment(), cancelled(), failed(), all_shipped()})
      other.when(ship(schemas::Id<"Shipment">{"s-3"}, {})).then_refused(R::not_confirmed);
    confirmed_order().when(ship(s1, {})).then_refused(R::items_out_of_range);
    const schemas::Id<"OrderItem"> none{"i-3"};
    for (const auto& lines : std::vector<std::vector<ItemUnits>>{
             {{none, 1}}, {{i1, 3}}, {{i1, 0}}, {{i1, -1}}, {{i1, 1}, {i1, 2}}, {{i1, largest}}})
      confirmed_order().when(ship(s1, lines)).then_refused(R::exceeds_ordered);
  }
  TEST_CASE("an order has arrived when its last shipment has") {
    all_shipped().when(deliver(s1)).then(OrderItemsDelivered{s1});
    all_shipped()
        .and_then(OrderItemsDelivered{s1})
        .when(deliver(s2))
        .then(OrderItemsDelivered{s2}, changed(5, S::shipped, S::delivered));
    partly_shipped().when(deliver(s1)).then(OrderItemsDelivered{s1});
    partly_shipped().when(deliver(s2)).then_refused(R::not_found);
    delivered().when(deliver(s1)).then_nothing();
  }
  TEST_CASE("only what has arrived is completed") {
    delivered().when(complete).then(OrderCompleted{}, changed(6, S::delivered, S::completed));
    all_shipped().when(complete).then_refused(R::not_delivered);
    delivered().and_then(changed(6, S::delivered, S::completed)).when(complete).then_nothing();
  }
}
