// Values with names, for the tests of this context.
#pragma once

#include "commands/ordering/order.hpp"
#include "tests/dsl/scenario.hpp"

namespace ordering {

using R = Rejection;
using S = OrderStatus;

inline const schemas::Id<"Order"> o1{"o-1"};
inline const schemas::Id<"User"> ann{"u-1"};
inline const schemas::Id<"OrderItem"> i1{"i-1"}, i2{"i-2"};
inline const schemas::Id<"StockItem"> sku1{"sku-1"}, sku2{"sku-2"};
inline const schemas::Id<"PaymentIntent"> p1{"o-1~1"}, p2{"pay-2"};
inline const schemas::Id<"Shipment"> s1{"s-1"}, s2{"s-2"};

inline OrderLine line(
    const schemas::Id<"OrderItem">& id,
    const schemas::Id<"StockItem">& inventory,
    std::int64_t quantity,
    std::int64_t price) {
  return {
      .order_item_id = id,
      .product_id = schemas::Id<"Product">{"p-1"},
      .inventory_id = inventory,
      .quantity = quantity,
      .unit_price = price};
}
// Two of the first, one of the second: 2 * 1999 + 500.
inline const std::vector<OrderLine> two_lines{line(i1, sku2, 2, 1999), line(i2, sku1, 1, 500)};

inline PlaceOrder place(std::vector<OrderLine> items = two_lines) {
  return {
      .order_id = o1,
      .user_id = ann,
      .currency_code = "EUR",
      .payment_method = "test_ok",
      .items = std::move(items)};
}
inline const OrderPlaced placed{
    .user_id = ann,
    .currency_code = "EUR",
    .payment_method = "test_ok",
    .total_amount = 4498,
    .items = two_lines};

inline ItemReservation held(const schemas::Id<"OrderItem">& item, const std::string& suffix = "") {
  return {
      .order_item_id = item,
      .reservation_id = schemas::Id<"Reservation">{"o-1~" + item.text() + suffix}};
}
inline const OrderStockSecured secured{.reservations = {held(i1), held(i2)}};
inline const MarkStockSecured secure{.order_id = o1, .reservations = secured.reservations};

inline OrderStatusChanged changed(
    int number, S from, S to, std::optional<std::string> reason = std::nullopt) {
  return {
      .status_history_id = schemas::Id<"OrderStatusHistory">{"o-1~" + std::to_string(number)},
      .old_status = from,
      .new_status = to,
      .reason = std::move(reason)};
}
inline const OrderStatusChanged awaiting = changed(1, S::pending, S::awaiting_payment);
inline const OrderStatusChanged confirmed = changed(2, S::awaiting_payment, S::confirmed);
inline const OrderStatusChanged held_back = changed(3, S::confirmed, S::on_hold, "fraud?");

inline AttachPayment attach(
    std::int64_t amount, std::string currency = "EUR", schemas::Id<"PaymentIntent"> id = p1) {
  return {
      .order_id = o1,
      .payment_id = std::move(id),
      .amount = amount,
      .currency_code = std::move(currency)};
}
inline const OrderPaymentAttached attached{.payment_id = p1};

inline const ConfirmOrder confirm{.order_id = o1};
inline const ConfirmOrder confirm_afresh{.order_id = o1, .stock = StockSource::afresh};
inline const FailOrder fail{.order_id = o1, .reason = "timed_out"};
inline const HoldOrder hold{.order_id = o1, .reason = "fraud?"};
inline const ReleaseOrderHold release_hold{.order_id = o1};
inline const CancelOrder cancel{.order_id = o1, .reason = "mistake"};
inline CancelOrder cancel_lines(std::vector<ItemUnits> lines) {
  return {.order_id = o1, .reason = "mistake", .lines = std::move(lines)};
}
inline OrderItemsCancelled items_cancelled(std::vector<ItemUnits> lines, std::int64_t amount) {
  return {.lines = std::move(lines), .amount = amount, .reason = "mistake"};
}
inline RecordShipment ship(const schemas::Id<"Shipment">& id, std::vector<ItemUnits> lines) {
  return {.order_id = o1, .shipment_id = id, .lines = std::move(lines)};
}
inline OrderItemsShipped shipped(const schemas::Id<"Shipment">& id, std::vector<ItemUnits> lines) {
  return {.shipment_id = id, .lines = std::move(lines)};
}
inline RecordDelivery deliver(const schemas::Id<"Shipment">& id) {
  return {.order_id = o1, .shipment_id = id};
}
inline const CompleteOrder complete{.order_id = o1};

auto order(auto... facts) { return dsl::given<OrderDecider>(facts...); }

}  // namespace ordering
