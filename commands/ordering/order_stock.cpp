// What an order does to stock along with what it does to itself.
#include <algorithm>

#include "commands/ordering/order.hpp"
#include "schemas/inventory.hpp"

namespace ordering {
namespace {

using Steps = std::vector<engine::Step>;
using OrderId = schemas::Id<"Order">;
using ReservationId = schemas::Id<"Reservation">;

// The items in the order of their inventory ids, in which every transaction takes them.
std::vector<OrderItem> sorted(std::vector<OrderItem> items) {
  std::ranges::sort(
      items, {}, [](const OrderItem& item) -> const auto& { return item.line.inventory_id; });
  return items;
}

engine::Step reserve(const OrderId& order, const OrderLine& line, const ReservationId& id) {
  return engine::step(inventory::ReserveStock{
      .inventory_id = line.inventory_id,
      .reservation_id = id,
      .quantity = line.quantity,
      .order_id = order,
      .ttl_seconds = hold_time.count()});
}

engine::Step commit(const OrderId& order, const OrderLine& line, const ReservationId& id) {
  return engine::step(inventory::CommitReservation{
      .inventory_id = line.inventory_id, .reservation_id = id, .order_id = order});
}

engine::Step release(const OrderItem& item, const std::string& reason) {
  return engine::step(inventory::ReleaseReservation{
      .inventory_id = item.line.inventory_id,
      .reservation_id = item.reservation_id,
      .reason = reason});
}

Steps release_all(const Order& order, const std::string& reason) {
  Steps steps;
  for (const auto& item : sorted(order.items)) steps.push_back(release(item, reason));
  return steps;
}

}  // namespace

ReservationId first_reservation(const OrderId& order, const OrderLine& line) {
  return ReservationId{order.text() + '~' + line.order_item_id.text()};
}
ReservationId fresh_reservation(const OrderId& order, const OrderLine& line) {
  return ReservationId{first_reservation(order, line).text() + "~2"};
}

Steps together(const Order&, const PlaceOrder& command) {
  std::vector<OrderItem> items;
  MarkStockSecured secured{.order_id = command.order_id};
  for (const auto& line : command.items) {
    const auto id = first_reservation(command.order_id, line);
    items.push_back({.line = line, .reservation_id = id});
    secured.reservations.push_back({.order_item_id = line.order_item_id, .reservation_id = id});
  }
  Steps steps;
  for (const auto& item : sorted(std::move(items)))
    steps.push_back(reserve(command.order_id, item.line, item.reservation_id));
  steps.push_back(engine::step(secured));
  return steps;
}

Steps together(const Order& order, const ConfirmOrder& command) {
  Steps steps;
  for (const auto& item : sorted(order.items)) {
    auto id = item.reservation_id;
    if (command.stock == StockSource::afresh) {
      steps.push_back(release(item, "reserved afresh"));
      id = fresh_reservation(command.order_id, item.line);
      steps.push_back(reserve(command.order_id, item.line, id));
    }
    steps.push_back(commit(command.order_id, item.line, id));
  }
  return steps;
}

Steps together(const Order& order, const FailOrder& command) {
  return release_all(order, command.reason);
}

Steps together(const Order& order, const CancelOrder& command) {
  if (!command.lines) return release_all(order, command.reason);
  Steps steps;
  for (const auto& line : *command.lines) {
    const auto* item = order.find(line.order_item_id);
    steps.push_back(engine::step(inventory::ReleaseReservation{
        .inventory_id = item->line.inventory_id,
        .reservation_id = item->reservation_id,
        .quantity = line.quantity,
        .reason = command.reason}));
  }
  return steps;
}

Steps together(const Order& order, const RecordShipment& command) {
  Steps steps;
  for (const auto& line : command.lines) {
    const auto* item = order.find(line.order_item_id);
    steps.push_back(engine::step(inventory::ShipReserved{
        .inventory_id = item->line.inventory_id,
        .reservation_id = item->reservation_id,
        .quantity = line.quantity}));
  }
  return steps;
}

}  // namespace ordering
