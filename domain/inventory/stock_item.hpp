// Units of one product at one place, and who has a claim on them. After every fact,
// available + reserved + safety_stock = on_hand; a reservation ends exactly once.
#pragma once

#include <map>
#include <set>

#include "domain/kernel/decider.hpp"
#include "schemas/inventory.hpp"

namespace inventory {

using schemas::Time;
using ReservationId = schemas::Id<"Reservation">;

struct Reservation {
  std::int64_t quantity = 0;  // what is left to ship or to give back
  ReservationStatus status = ReservationStatus::held;
  std::optional<schemas::Id<"Order">> order_id;
  std::optional<schemas::Id<"Cart">> cart_id;
  Time reserved_at;
  Time expires_at;

  // Units are set aside for it.
  bool open() const {
    return status == ReservationStatus::held || status == ReservationStatus::committed;
  }
};

struct StockItem {
  schemas::Id<"Product"> product_id;
  std::optional<schemas::Id<"Variant">> variant_id;
  schemas::Id<"Location"> location_id;
  std::int64_t on_hand = 0;
  std::int64_t reserved = 0;
  std::int64_t safety_stock = 0;
  std::int64_t low_threshold = 0;
  std::int64_t backorder_limit = 0;
  std::map<ReservationId, Reservation> reservations;  // closed ones too: an id is never used twice
  std::set<schemas::Id<"Return">> returns;

  // Below 0 when more is promised than there is.
  std::int64_t available() const { return on_hand - reserved - safety_stock; }
  const Reservation* find(const ReservationId& id) const;
};

void evolve(StockItem& item, const StockItemCreated& fact);
void evolve(StockItem& item, const StockReceived& fact);
void evolve(StockItem& item, const StockAdjusted& fact);
void evolve(StockItem& item, const StockCounted& fact);
void evolve(StockItem& item, const StockReserved& fact, Time at);
void evolve(StockItem& item, const ReservationResized& fact);
void evolve(StockItem& item, const ReservationExtended& fact);
void evolve(StockItem& item, const ReservationCommitted& fact);
void evolve(StockItem& item, const ReservationReleased& fact);
void evolve(StockItem& item, const ReservationExpired& fact);
void evolve(StockItem& item, const StockDeducted& fact);
void evolve(StockItem& item, const StockRestocked& fact);
void evolve(StockItem& item, const ThresholdsSet& fact);
// These tell others; the state already shows what they say.
inline void evolve(StockItem&, const StockReplenished&) {}
inline void evolve(StockItem&, const StockShortfallDetected&) {}
inline void evolve(StockItem&, const LowStockDetected&) {}
inline void evolve(StockItem&, const StockDepleted&) {}

// A popular item has a long history; loading it starts from here.
StockItemSnapshot to_snapshot(const StockItem& item);
StockItem from_snapshot(StockItemSnapshot snapshot);

}  // namespace inventory
