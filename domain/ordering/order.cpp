#include "domain/ordering/order.hpp"

#include <algorithm>

namespace ordering {
namespace {

template <class Items>
auto* find_in(Items& items, const schemas::Id<"OrderItem">& id) {
  const auto found = std::ranges::find(
      items, id, [](const auto& item) -> const auto& { return item.line.order_item_id; });
  return found == items.end() ? nullptr : &*found;
}

}  // namespace

OrderItem* Order::find(const schemas::Id<"OrderItem">& id) { return find_in(items, id); }
const OrderItem* Order::find(const schemas::Id<"OrderItem">& id) const {
  return find_in(items, id);
}

std::int64_t Order::left() const {
  std::int64_t sum = 0;
  for (const auto& item : items) sum += item.left();
  return sum;
}

void evolve(Order& order, const OrderPlaced& fact) {
  order.user_id = fact.user_id;
  order.currency_code = fact.currency_code;
  order.payment_method = fact.payment_method;
  order.total_amount = fact.total_amount;
  for (const auto& line : fact.items) order.items.push_back({.line = line});
}

void evolve(Order& order, const OrderStockSecured& fact) {
  for (const auto& [item_id, reservation_id] : fact.reservations)
    if (auto* item = order.find(item_id)) item->reservation_id = reservation_id;
}

void evolve(Order& order, const OrderPaymentAttached& fact) { order.payment_id = fact.payment_id; }

void evolve(Order& order, const OrderItemsCancelled& fact) {
  for (const auto& [item_id, quantity] : fact.lines)
    if (auto* item = order.find(item_id)) item->cancelled += quantity;
}

void evolve(Order& order, const OrderItemsShipped& fact) {
  order.shipments.emplace(fact.shipment_id, false);
  for (const auto& [item_id, quantity] : fact.lines)
    if (auto* item = order.find(item_id)) item->shipped += quantity;
}

void evolve(Order& order, const OrderItemsDelivered& fact) {
  order.shipments[fact.shipment_id] = true;
}

void evolve(Order& order, const OrderStatusChanged& fact) {
  order.status = fact.new_status;
  ++order.changes;
}

}  // namespace ordering
