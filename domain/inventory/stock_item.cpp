#include "domain/inventory/stock_item.hpp"

#include <utility>

namespace inventory {
namespace {

void close(StockItem& item, const ReservationId& id, ReservationStatus status) {
  auto& reservation = item.reservations[id];
  item.reserved -= reservation.quantity;
  reservation.quantity = 0;
  reservation.status = status;
}

}  // namespace

const Reservation* StockItem::find(const ReservationId& id) const {
  const auto found = reservations.find(id);
  return found == reservations.end() ? nullptr : &found->second;
}

void evolve(StockItem& item, const StockItemCreated& fact) {
  item.product_id = fact.product_id;
  item.variant_id = fact.variant_id;
  item.location_id = fact.location_id;
}

void evolve(StockItem& item, const StockReceived& fact) { item.on_hand += fact.quantity; }

void evolve(StockItem& item, const StockAdjusted& fact) { item.on_hand += fact.delta; }

void evolve(StockItem& item, const StockCounted& fact) { item.on_hand = fact.counted; }

void evolve(StockItem& item, const StockReserved& fact, Time at) {
  item.reserved += fact.quantity;
  item.reservations[fact.reservation_id] = Reservation{
      .quantity = fact.quantity,
      .order_id = fact.order_id,
      .cart_id = fact.cart_id,
      .reserved_at = at,
      .expires_at = fact.expires_at};
}

void evolve(StockItem& item, const ReservationResized& fact) {
  auto& reservation = item.reservations[fact.reservation_id];
  item.reserved += fact.quantity - reservation.quantity;
  reservation.quantity = fact.quantity;
}

void evolve(StockItem& item, const ReservationExtended& fact) {
  item.reservations[fact.reservation_id].expires_at = fact.expires_at;
}

void evolve(StockItem& item, const ReservationCommitted& fact) {
  auto& reservation = item.reservations[fact.reservation_id];
  reservation.status = ReservationStatus::committed;
  if (fact.order_id) reservation.order_id = fact.order_id;
}

void evolve(StockItem& item, const ReservationReleased& fact) {
  auto& reservation = item.reservations[fact.reservation_id];
  if (fact.quantity == reservation.quantity)
    return close(item, fact.reservation_id, ReservationStatus::released);
  item.reserved -= fact.quantity;
  reservation.quantity -= fact.quantity;
}

void evolve(StockItem& item, const ReservationExpired& fact) {
  close(item, fact.reservation_id, ReservationStatus::expired);
}

void evolve(StockItem& item, const StockDeducted& fact) {
  auto& reservation = item.reservations[fact.reservation_id];
  item.on_hand -= fact.quantity;
  item.reserved -= fact.quantity;
  reservation.quantity -= fact.quantity;
  if (reservation.quantity == 0) reservation.status = ReservationStatus::consumed;
}

void evolve(StockItem& item, const StockRestocked& fact) {
  item.returns.insert(fact.return_id);
  if (fact.condition == ReturnCondition::resellable) item.on_hand += fact.quantity;
}

void evolve(StockItem& item, const ThresholdsSet& fact) {
  item.safety_stock = fact.safety_stock;
  item.low_threshold = fact.low_threshold;
  item.backorder_limit = fact.backorder_limit;
}

StockItemSnapshot to_snapshot(const StockItem& item) {
  StockItemSnapshot snapshot{
      .product_id = item.product_id,
      .variant_id = item.variant_id,
      .location_id = item.location_id,
      .on_hand = item.on_hand,
      .safety_stock = item.safety_stock,
      .low_threshold = item.low_threshold,
      .backorder_limit = item.backorder_limit};
  for (const auto& [id, reservation] : item.reservations)
    snapshot.reservations.push_back(ReservationSnapshot{
        .reservation_id = id,
        .quantity = reservation.quantity,
        .status = reservation.status,
        .order_id = reservation.order_id,
        .cart_id = reservation.cart_id,
        .reserved_at = reservation.reserved_at,
        .expires_at = reservation.expires_at});
  for (const auto& id : item.returns) snapshot.returns.push_back(id.text());
  return snapshot;
}

StockItem from_snapshot(StockItemSnapshot snapshot) {
  StockItem item{
      .product_id = std::move(snapshot.product_id),
      .variant_id = std::move(snapshot.variant_id),
      .location_id = std::move(snapshot.location_id),
      .on_hand = snapshot.on_hand,
      .safety_stock = snapshot.safety_stock,
      .low_threshold = snapshot.low_threshold,
      .backorder_limit = snapshot.backorder_limit};
  for (auto& saved : snapshot.reservations) {
    const Reservation reservation{
        .quantity = saved.quantity,
        .status = saved.status,
        .order_id = std::move(saved.order_id),
        .cart_id = std::move(saved.cart_id),
        .reserved_at = saved.reserved_at,
        .expires_at = saved.expires_at};
    if (reservation.open()) item.reserved += reservation.quantity;
    item.reservations.emplace(std::move(saved.reservation_id), reservation);
  }
  for (auto& id : snapshot.returns) item.returns.emplace(std::move(id));
  return item;
}

}  // namespace inventory
