#include "projections/ordering/orders.hpp"

#include <algorithm>

namespace ordering {
namespace {

using views::FactInfo;
using views::Tables;
using Id = schemas::Id<"Order">;

template <class Change>
void edit_order(Tables& tables, const FactInfo& info, Change&& change) {
  tables.edit(orders, info.id, info, [&](OrderRow& row) {
    change(row);
    row.updated_at = info.at;
  });
}

template <class Change>
void edit_item(OrderRow& order, const schemas::Id<"OrderItem">& id, Change&& change) {
  const auto found = std::ranges::find(order.items, id, &OrderItemRow::order_item_id);
  if (found != order.items.end()) change(*found);
}

OrderItemRow item_row(const FactInfo& info, const OrderLine& line) {
  return {
      .order_item_id = line.order_item_id,
      .order_id = Id{info.id},
      .product_id = line.product_id,
      .inventory_id = line.inventory_id,
      .quantity = line.quantity,
      .unit_price = line.unit_price,
      .total_price = line.quantity * line.unit_price,
      .created_at = info.at};
}

}  // namespace

void project(Tables& tables, const FactInfo& info, const OrderPlaced& fact) {
  OrderRow row{
      .order_id = Id{info.id},
      .user_id = fact.user_id,
      .status = OrderStatus::pending,
      .total_amount = fact.total_amount,
      .currency_code = fact.currency_code,
      .created_at = info.at,
      .updated_at = info.at};
  for (const auto& line : fact.items) row.items.push_back(item_row(info, line));
  tables.insert(orders, info.id, info, row);
}

void project(Tables& tables, const FactInfo& info, const OrderStockSecured& fact) {
  edit_order(tables, info, [&](OrderRow& row) {
    for (const auto& [item_id, reservation_id] : fact.reservations)
      edit_item(row, item_id, [&](auto& item) { item.reservation_id = reservation_id; });
  });
}

void project(Tables& tables, const FactInfo& info, const OrderPaymentAttached& fact) {
  edit_order(tables, info, [&](auto& row) { row.payment_id = fact.payment_id; });
}

void project(Tables& tables, const FactInfo& info, const OrderItemsShipped& fact) {
  edit_order(tables, info, [&](OrderRow& row) {
    for (const auto& [item_id, quantity] : fact.lines)
      edit_item(row, item_id, [&](auto& item) { item.shipped += quantity; });
  });
}

void project(Tables& tables, const FactInfo& info, const OrderItemsCancelled& fact) {
  edit_order(tables, info, [&](OrderRow& row) {
    row.cancelled_amount += fact.amount;
    for (const auto& [item_id, quantity] : fact.lines)
      edit_item(row, item_id, [&](auto& item) { item.cancelled += quantity; });
  });
}

void project(Tables& tables, const FactInfo& info, const OrderStatusChanged& fact) {
  const OrderStatusRow change{
      .status_history_id = fact.status_history_id,
      .order_id = Id{info.id},
      .old_status = fact.old_status,
      .new_status = fact.new_status,
      .reason = fact.reason,
      .changed_at = info.at,
      .by = std::string{info.actor}};
  tables.insert(history, fact.status_history_id.text(), info, change);
  edit_order(tables, info, [&](OrderRow& row) {
    row.status = fact.new_status;
    row.history.push_back(change);
  });
}

// What these mean to the row, the change of status that follows them says.
void project(Tables&, const FactInfo&, const OrderConfirmed&) {}
void project(Tables&, const FactInfo&, const OrderFailed&) {}
void project(Tables&, const FactInfo&, const OrderHeld&) {}
void project(Tables&, const FactInfo&, const OrderHoldReleased&) {}
void project(Tables&, const FactInfo&, const OrderCancelled&) {}
void project(Tables&, const FactInfo&, const OrderItemsDelivered&) {}
void project(Tables&, const FactInfo&, const OrderCompleted&) {}

views::ViewType orders_view() {
  return views::Builder{"orders", 4}
      .table(
          orders,
          {{.by = {"created_at"}},
           {.by = {"user_id", "created_at"}},
           {.by = {"status", "created_at"}},
           {.by = {"user_id", "status", "created_at"}}})
      .table(history, {{.by = {"order_id", "changed_at"}}})
      .facts<OrderFact>()
      .build();
}

void views(std::vector<::views::ViewType>& all) { all.push_back(orders_view()); }

}  // namespace ordering
