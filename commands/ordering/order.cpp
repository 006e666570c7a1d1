#include "commands/ordering/order.hpp"

#include <algorithm>
#include <limits>
#include <set>

#include "domain/kernel/currency.hpp"

namespace ordering {
namespace {

using kernel::nothing;
using Facts = OrderDecision::Facts;
using Wide = __int128;  // a hundred products of two int64 fit into it

// The fact, and the change of status that it means.
Facts with_status(
    const Order& order,
    const std::string& order_id,
    OrderFact fact,
    OrderStatus status,
    std::optional<std::string> reason = {}) {
  return {
      std::move(fact),
      OrderStatusChanged{
          .status_history_id =
              schemas::Id<"OrderStatusHistory">{order_id + '~' + std::to_string(order.changes + 1)},
          .old_status = order.status,
          .new_status = status,
          .reason = std::move(reason)}};
}

template <class Key>
bool distinct(const std::vector<OrderLine>& items, Key key) {
  std::set<std::string> seen;
  return std::ranges::all_of(
      items, [&](const OrderLine& item) { return seen.insert((item.*key).text()).second; });
}

Wide total(const std::vector<OrderLine>& items) {
  Wide sum = 0;
  for (const auto& item : items) sum += Wide{item.quantity} * item.unit_price;
  return sum;
}

std::optional<Rejection> wrong_with(const PlaceOrder& command) {
  const auto& items = command.items;
  if (items.empty() || items.size() > items_max) return Rejection::items_out_of_range;
  if (!distinct(items, &OrderLine::order_item_id)) return Rejection::duplicate_item;
  if (!distinct(items, &OrderLine::inventory_id)) return Rejection::duplicate_inventory;
  const auto few = [](const OrderLine& item) {
    return item.quantity >= 1 && item.quantity <= units_max;
  };
  if (!std::ranges::all_of(items, few)) return Rejection::quantity_out_of_range;
  const auto priced = [](const OrderLine& item) { return item.unit_price >= 1; };
  if (!std::ranges::all_of(items, priced)) return Rejection::price_invalid;
  if (!kernel::is_currency(command.currency_code)) return Rejection::currency_unknown;
  if (total(items) > std::numeric_limits<std::int64_t>::max())
    return Rejection::amount_out_of_range;
  return std::nullopt;
}

bool same(const Order& order, const PlaceOrder& command) {
  return order.user_id == command.user_id && order.currency_code == command.currency_code &&
         order.payment_method == command.payment_method &&
         std::ranges::equal(order.items, command.items, {}, &OrderItem::line);
}

OrderStockSecured secured_afresh(const Order& order, const schemas::Id<"Order">& id) {
  OrderStockSecured secured;
  for (const auto& item : order.items)
    secured.reservations.push_back(
        {.order_item_id = item.line.order_item_id,
         .reservation_id = fresh_reservation(id, item.line)});
  return secured;
}

bool awaits_payment(const Order& order) { return order.status == OrderStatus::awaiting_payment; }

// Whether the order has the units left, added up by item.
bool has_left(const Order& order, const std::vector<ItemUnits>& lines) {
  std::map<schemas::Id<"OrderItem">, std::int64_t> asked;
  return std::ranges::all_of(lines, [&](const ItemUnits& line) {
    const auto* item = order.find(line.order_item_id);
    if (!item || line.quantity < 1 || line.quantity > item->left()) return false;
    return (asked[line.order_item_id] += line.quantity) <= item->left();
  });
}

std::int64_t units(const std::vector<ItemUnits>& lines) {
  std::int64_t sum = 0;
  for (const auto& line : lines) sum += line.quantity;
  return sum;
}

// At most the order's total, so it is exact.
std::int64_t price(const Order& order, const std::vector<ItemUnits>& lines) {
  std::int64_t sum = 0;
  for (const auto& line : lines)
    sum += line.quantity * order.find(line.order_item_id)->line.unit_price;
  return sum;
}

bool all_arrived(const Order& order) {
  return std::ranges::all_of(order.shipments, [](const auto& shipment) { return shipment.second; });
}

OrderDecision cancel_all(const Order& order, const CancelOrder& command) {
  return with_status(
      order,
      command.order_id.text(),
      OrderCancelled{.reason = command.reason},
      OrderStatus::cancelled,
      command.reason);
}

OrderDecision cancel_some(const Order& order, const CancelOrder& command) {
  const auto& lines = *command.lines;
  const bool begun = order.status == OrderStatus::partially_shipped;
  if (lines.empty() || lines.size() > items_max) return Rejection::items_out_of_range;
  if (!has_left(order, lines)) return Rejection::exceeds_ordered;
  const bool rest = units(lines) < order.left();
  if (!rest && !begun) return cancel_all(order, command);
  const OrderItemsCancelled cancelled{
      .lines = lines, .amount = price(order, lines), .reason = command.reason};
  if (rest) return cancelled;
  // Nothing is left that its shipments would have to wait for.
  return with_status(
      order,
      command.order_id.text(),
      cancelled,
      all_arrived(order) ? OrderStatus::delivered : OrderStatus::shipped);
}

}  // namespace

OrderDecision decide(const Order& order, const PlaceOrder& command) {
  if (order.exists())
    return same(order, command) ? OrderDecision{nothing} : Rejection::already_exists;
  if (const auto wrong = wrong_with(command)) return *wrong;
  return OrderPlaced{
      .user_id = command.user_id,
      .currency_code = command.currency_code,
      .payment_method = command.payment_method,
      .total_amount = static_cast<std::int64_t>(total(command.items)),
      .items = command.items};
}

OrderDecision decide(const Order& order, const MarkStockSecured& command) {
  if (order.status != OrderStatus::pending) return Rejection::order_closed;
  return with_status(
      order,
      command.order_id.text(),
      OrderStockSecured{.reservations = command.reservations},
      OrderStatus::awaiting_payment);
}

OrderDecision decide(const Order& order, const AttachPayment& command) {
  if (order.payment_id == command.payment_id) return nothing;
  if (!awaits_payment(order)) return Rejection::not_awaiting_payment;
  if (order.payment_id) return Rejection::already_attached;
  if (command.currency_code != order.currency_code) return Rejection::currency_mismatch;
  if (command.amount != order.total_amount) return Rejection::amount_mismatch;
  return OrderPaymentAttached{.payment_id = command.payment_id};
}

OrderDecision decide(const Order& order, const ConfirmOrder& command) {
  if (order.status == OrderStatus::confirmed) return nothing;
  if (!awaits_payment(order)) return Rejection::not_awaiting_payment;
  auto facts =
      with_status(order, command.order_id.text(), OrderConfirmed{}, OrderStatus::confirmed);
  if (command.stock == StockSource::afresh)
    facts.insert(facts.begin(), secured_afresh(order, command.order_id));
  return facts;
}

OrderDecision decide(const Order& order, const FailOrder& command) {
  if (order.status == OrderStatus::failed) return nothing;
  if (order.status != OrderStatus::pending && !awaits_payment(order))
    return Rejection::order_closed;
  return with_status(
      order,
      command.order_id.text(),
      OrderFailed{.reason = command.reason},
      OrderStatus::failed,
      command.reason);
}

OrderDecision decide(const Order& order, const HoldOrder& command) {
  switch (order.status) {
    case OrderStatus::on_hold:
      return nothing;
    case OrderStatus::confirmed:
      return with_status(
          order,
          command.order_id.text(),
          OrderHeld{.reason = command.reason},
          OrderStatus::on_hold,
          command.reason);
    case OrderStatus::partially_shipped:
    case OrderStatus::shipped:
    case OrderStatus::delivered:
    case OrderStatus::completed:
      return Rejection::already_shipped;
    default:
      return Rejection::not_confirmed;
  }
}

OrderDecision decide(const Order& order, const ReleaseOrderHold& command) {
  if (order.status != OrderStatus::on_hold) return nothing;
  return with_status(order, command.order_id.text(), OrderHoldReleased{}, OrderStatus::confirmed);
}

OrderDecision decide(const Order& order, const CancelOrder& command) {
  switch (order.status) {
    case OrderStatus::cancelled:
      return nothing;
    case OrderStatus::partially_shipped:
      return command.lines ? cancel_some(order, command) : Rejection::already_shipped;
    case OrderStatus::shipped:
    case OrderStatus::delivered:
      return Rejection::already_shipped;
    case OrderStatus::completed:
    case OrderStatus::failed:
      return Rejection::order_closed;
    case OrderStatus::pending:
    case OrderStatus::awaiting_payment:
      // Its payment is under way for the total as it is.
      return command.lines ? Rejection::not_confirmed : cancel_all(order, command);
    case OrderStatus::confirmed:
    case OrderStatus::on_hold:
      break;
  }
  return command.lines ? cancel_some(order, command) : cancel_all(order, command);
}

OrderDecision decide(const Order& order, const RecordShipment& command) {
  if (order.shipments.contains(command.shipment_id)) return nothing;
  if (order.status == OrderStatus::on_hold) return Rejection::order_on_hold;
  const bool begun = order.status == OrderStatus::partially_shipped;
  if (!begun && order.status != OrderStatus::confirmed) return Rejection::not_confirmed;
  if (command.lines.empty() || command.lines.size() > items_max)
    return Rejection::items_out_of_range;
  if (!has_left(order, command.lines)) return Rejection::exceeds_ordered;
  const auto left = order.left() - units(command.lines);
  const OrderItemsShipped shipped{.shipment_id = command.shipment_id, .lines = command.lines};
  if (begun && left > 0) return shipped;
  return with_status(
      order,
      command.order_id.text(),
      shipped,
      left > 0 ? OrderStatus::partially_shipped : OrderStatus::shipped);
}

OrderDecision decide(const Order& order, const RecordDelivery& command) {
  const auto shipment = order.shipments.find(command.shipment_id);
  if (shipment == order.shipments.end()) return Rejection::not_found;
  if (shipment->second) return nothing;
  const OrderItemsDelivered delivered{.shipment_id = command.shipment_id};
  const bool last = std::ranges::none_of(order.shipments, [&](const auto& other) {
    return !other.second && other.first != command.shipment_id;
  });
  if (!last || order.status != OrderStatus::shipped) return delivered;
  return with_status(order, command.order_id.text(), delivered, OrderStatus::delivered);
}

OrderDecision decide(const Order& order, const CompleteOrder& command) {
  if (order.status == OrderStatus::completed) return nothing;
  if (order.status != OrderStatus::delivered) return Rejection::not_delivered;
  return with_status(order, command.order_id.text(), OrderCompleted{}, OrderStatus::completed);
}

}  // namespace ordering
