// Values with names, for the tests of this context.
#pragma once

#include "commands/inventory/location.hpp"
#include "commands/inventory/stock_item.hpp"
#include "commands/inventory/transfer.hpp"
#include "tests/dsl/scenario.hpp"

namespace inventory {

using R = Rejection;
using std::chrono::minutes;

inline const schemas::Id<"StockItem"> sku{"sku-1"};
inline const ReservationId r1{"r-1"}, r2{"r-2"};
inline const schemas::Id<"Order"> o1{"o-1"}, o2{"o-2"};

inline const StockItemCreated created{
    .product_id = schemas::Id<"Product">{"p-1"}, .location_id = schemas::Id<"Location">{"main"}};

inline StockReceived received(std::int64_t quantity) {
  return {.quantity = quantity, .source_ref = "po-7"};
}
inline StockReserved reserved(std::int64_t quantity, ReservationId id = r1) {
  return {
      .reservation_id = std::move(id),
      .quantity = quantity,
      .order_id = o1,
      .expires_at = dsl::epoch + hold_default};
}
inline const ReservationCommitted committed{.reservation_id = r1, .order_id = o1};
inline const ReservationExpired expired{.reservation_id = r1, .quantity = 3};
inline const ReservationReleased released{.reservation_id = r1, .quantity = 3};

inline ReserveStock reserve(std::int64_t quantity, ReservationId id = r1) {
  return {
      .inventory_id = sku, .reservation_id = std::move(id), .quantity = quantity, .order_id = o1};
}
inline ReceiveStock receive(std::int64_t quantity) {
  return {.inventory_id = sku, .quantity = quantity, .source_ref = "po-7"};
}
inline AdjustStock adjust(std::int64_t delta) {
  return {.inventory_id = sku, .delta = delta, .reason = "r"};
}
inline RecordStockCount count(std::int64_t counted) {
  return {.inventory_id = sku, .counted = counted, .reason = "c"};
}
inline ResizeReservation resize(std::int64_t quantity) {
  return {.inventory_id = sku, .reservation_id = r1, .quantity = quantity};
}
inline ExtendReservation extend(Time until) {
  return {.inventory_id = sku, .reservation_id = r1, .until = until};
}
inline CommitReservation commit(std::optional<schemas::Id<"Order">> order = o1) {
  return {.inventory_id = sku, .reservation_id = r1, .order_id = std::move(order)};
}
inline const ReleaseReservation release{.inventory_id = sku, .reservation_id = r1};
inline const ExpireReservation expire{.inventory_id = sku, .reservation_id = r1};
inline ShipReserved ship(std::int64_t quantity) {
  return {.inventory_id = sku, .reservation_id = r1, .quantity = quantity};
}
inline RestockReturn restock(
    std::int64_t quantity, ReturnCondition condition = ReturnCondition::resellable) {
  return {
      .inventory_id = sku,
      .return_id = schemas::Id<"Return">{"ret-1"},
      .quantity = quantity,
      .condition = condition};
}
inline SetThresholds thresholds(std::int64_t safety, std::int64_t low, std::int64_t backorder) {
  return {
      .inventory_id = sku,
      .safety_stock = safety,
      .low_threshold = low,
      .backorder_limit = backorder};
}
inline ThresholdsSet thresholds_set(std::int64_t safety, std::int64_t low, std::int64_t backorder) {
  return {.safety_stock = safety, .low_threshold = low, .backorder_limit = backorder};
}

auto item(auto... facts) { return dsl::given<StockItemDecider>(facts...); }

}  // namespace inventory
