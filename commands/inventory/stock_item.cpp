#include "commands/inventory/stock_item.hpp"

#include <algorithm>

namespace inventory {
namespace {

using kernel::nothing;
using Facts = StockItemDecision::Facts;

bool sensible(std::int64_t quantity) { return quantity >= 1 && quantity <= quantity_max; }

// What can be had, and the lines whose crossing is worth telling.
struct Levels {
  std::int64_t available;
  std::int64_t low_threshold;
  std::int64_t backorder_limit;

  std::int64_t promised_too_many() const {
    return std::max<std::int64_t>(0, -available - backorder_limit);
  }
};

Levels levels(const StockItem& item, std::int64_t change = 0) {
  return {item.available() + change, item.low_threshold, item.backorder_limit};
}

// The fact, and those that tell what it did to availability: whenever a line is crossed, a fact
// says so.
Facts with_crossings(StockItemFact fact, const Levels& before, const Levels& after) {
  Facts facts{std::move(fact)};
  const bool was_low = before.available <= before.low_threshold;
  const bool is_low = after.available <= after.low_threshold;
  if (after.promised_too_many() > before.promised_too_many())
    facts.emplace_back(StockShortfallDetected{.short_by = after.promised_too_many()});
  if (!was_low && is_low)
    facts.emplace_back(
        LowStockDetected{.available = after.available, .low_threshold = after.low_threshold});
  if (before.available > 0 && after.available <= 0)
    facts.emplace_back(StockDepleted{.available = after.available});
  if (was_low && !is_low) facts.emplace_back(StockReplenished{.available = after.available});
  return facts;
}

// The same for a fact that changes how many units are available by `change`.
Facts with_crossings(const StockItem& item, std::int64_t change, StockItemFact fact) {
  return with_crossings(std::move(fact), levels(item), levels(item, change));
}

kernel::Refused<Rejection> insufficient(std::int64_t available) {
  return {Rejection::insufficient_stock, {{"available", std::max<std::int64_t>(0, available)}}};
}

// Held, and its time is not over.
bool live(const Reservation& reservation, Time now) {
  return reservation.status == ReservationStatus::held && now < reservation.expires_at;
}

bool can_take(const StockItem& item, std::int64_t quantity) {
  return quantity <= item.available() + item.backorder_limit;
}

}  // namespace

StockItemDecision decide(const StockItem& item, const CreateStockItem& command) {
  if (item.product_id.empty())
    return StockItemCreated{
        .product_id = command.product_id,
        .variant_id = command.variant_id,
        .location_id = command.location_id};
  return Rejection::already_exists;
}

StockItemDecision decide(const StockItem& item, const ReceiveStock& command) {
  if (!sensible(command.quantity) || item.on_hand + command.quantity > quantity_max)
    return Rejection::quantity_invalid;
  return with_crossings(
      item,
      command.quantity,
      StockReceived{.quantity = command.quantity, .source_ref = command.source_ref});
}

StockItemDecision decide(const StockItem& item, const AdjustStock& command) {
  if (command.delta == 0) return nothing;
  if (command.delta > quantity_max - item.on_hand) return Rejection::quantity_invalid;
  if (command.delta < -item.on_hand) return Rejection::would_go_negative;
  return with_crossings(
      item, command.delta, StockAdjusted{.delta = command.delta, .reason = command.reason});
}

StockItemDecision decide(const StockItem& item, const RecordStockCount& command) {
  if (command.counted > quantity_max) return Rejection::quantity_invalid;
  if (command.counted < 0) return Rejection::would_go_negative;
  const auto difference = command.counted - item.on_hand;
  return with_crossings(
      item,
      difference,
      StockCounted{.counted = command.counted, .difference = difference, .reason = command.reason});
}

StockItemDecision decide(const StockItem& item, const ReserveStock& command, Time now) {
  if (const auto* known = item.find(command.reservation_id)) {
    if (!known->open()) return Rejection::reservation_closed;
    const bool same = known->quantity == command.quantity && known->cart_id == command.cart_id &&
                      (known->order_id == command.order_id || !command.order_id);
    return same ? StockItemDecision{nothing} : Rejection::already_exists;
  }
  if (command.quantity > 0 && !can_take(item, command.quantity))
    return insufficient(item.available() + item.backorder_limit);
  if (command.quantity < 1 || command.quantity > reservation_quantity_max)
    return Rejection::quantity_out_of_range;
  const auto ttl = command.ttl_seconds ? std::chrono::seconds{*command.ttl_seconds} : hold_default;
  return with_crossings(
      item,
      -command.quantity,
      StockReserved{
          .reservation_id = command.reservation_id,
          .quantity = command.quantity,
          .order_id = command.order_id,
          .cart_id = command.cart_id,
          .expires_at = now + ttl});
}

StockItemDecision decide(const StockItem& item, const ResizeReservation& command, Time now) {
  const auto* known = item.find(command.reservation_id);
  if (!known) return Rejection::not_found;
  if (!live(*known, now)) return Rejection::reservation_closed;
  if (command.quantity == known->quantity) return nothing;
  // The shopper's own units do not stand in the way of the change: only the difference must be
  // there.
  if (command.quantity > known->quantity && !can_take(item, command.quantity - known->quantity))
    return insufficient(item.available() + item.backorder_limit + known->quantity);
  if (command.quantity < 1 || command.quantity > reservation_quantity_max)
    return Rejection::quantity_out_of_range;
  return with_crossings(
      item,
      known->quantity - command.quantity,
      ReservationResized{
          .reservation_id = command.reservation_id,
          .quantity = command.quantity,
          .previous_quantity = known->quantity});
}

StockItemDecision decide(const StockItem& item, const ExtendReservation& command, Time now) {
  const auto* known = item.find(command.reservation_id);
  if (!known) return Rejection::not_found;
  if (!live(*known, now)) return Rejection::reservation_closed;
  if (command.until > known->reserved_at + hold_max) return Rejection::extension_limit;
  if (command.until <= known->expires_at) return nothing;
  return ReservationExtended{.reservation_id = command.reservation_id, .expires_at = command.until};
}

StockItemDecision decide(const StockItem& item, const CommitReservation& command, Time now) {
  const auto* known = item.find(command.reservation_id);
  if (!known) return Rejection::not_found;
  if (known->status == ReservationStatus::committed && known->order_id == command.order_id)
    return nothing;
  if (known->status == ReservationStatus::held && now >= known->expires_at)
    return Rejection::reservation_expired;
  if (known->status != ReservationStatus::held) return Rejection::reservation_closed;
  return ReservationCommitted{
      .reservation_id = command.reservation_id, .order_id = command.order_id};
}

StockItemDecision decide(const StockItem& item, const ReleaseReservation& command) {
  const auto* known = item.find(command.reservation_id);
  if (!known) return Rejection::not_found;
  if (!known->open()) return nothing;
  const auto quantity = command.quantity.value_or(known->quantity);
  if (quantity != known->quantity) {
    if (known->status != ReservationStatus::committed) return Rejection::not_committed;
    if (quantity < 1 || quantity > known->quantity) return Rejection::quantity_out_of_range;
  }
  return with_crossings(
      item,
      quantity,
      ReservationReleased{
          .reservation_id = command.reservation_id,
          .quantity = quantity,
          .reason = command.reason});
}

StockItemDecision decide(const StockItem& item, const ExpireReservation& command, Time now) {
  const auto* known = item.find(command.reservation_id);
  if (!known) return Rejection::not_found;
  if (known->status != ReservationStatus::held) return nothing;
  if (now < known->expires_at) return Rejection::too_early;
  return with_crossings(
      item,
      known->quantity,
      ReservationExpired{.reservation_id = command.reservation_id, .quantity = known->quantity});
}

StockItemDecision decide(const StockItem& item, const ShipReserved& command) {
  const auto* known = item.find(command.reservation_id);
  if (!known) return Rejection::not_found;
  if (known->status != ReservationStatus::committed) return Rejection::not_committed;
  if (command.quantity < 1 || command.quantity > known->quantity)
    return Rejection::quantity_out_of_range;
  // Promised are more than there are after a backorder, and when units were lost.
  if (command.quantity > item.on_hand) return insufficient(item.on_hand);
  return StockDeducted{.reservation_id = command.reservation_id, .quantity = command.quantity};
}

StockItemDecision decide(const StockItem& item, const RestockReturn& command) {
  if (!sensible(command.quantity) || item.on_hand + command.quantity > quantity_max)
    return Rejection::quantity_invalid;
  if (item.returns.contains(command.return_id)) return Rejection::already_restocked;
  return with_crossings(
      item,
      command.condition == ReturnCondition::resellable ? command.quantity : 0,
      StockRestocked{
          .return_id = command.return_id,
          .quantity = command.quantity,
          .condition = command.condition});
}

StockItemDecision decide(const StockItem& item, const SetThresholds& command) {
  const auto valid = [](std::int64_t value) { return value >= 0 && value <= quantity_max; };
  if (!valid(command.safety_stock) || !valid(command.low_threshold) ||
      !valid(command.backorder_limit))
    return Rejection::threshold_invalid;
  if (command.safety_stock == item.safety_stock && command.low_threshold == item.low_threshold &&
      command.backorder_limit == item.backorder_limit)
    return nothing;
  return with_crossings(
      ThresholdsSet{
          .safety_stock = command.safety_stock,
          .low_threshold = command.low_threshold,
          .backorder_limit = command.backorder_limit},
      levels(item),
      Levels{
          item.on_hand - item.reserved - command.safety_stock,
          command.low_threshold,
          command.backorder_limit});
}

}  // namespace inventory
