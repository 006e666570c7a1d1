// What may be done with a stock item.
#pragma once

#include "domain/inventory/stock_item.hpp"

namespace inventory {

using StockItemDecider = kernel::Decider<StockItemSchema, StockItem>;
using StockItemDecision = StockItemDecider::Decision;

inline constexpr std::int64_t quantity_max = 1'000'000'000'000;
inline constexpr std::int64_t reservation_quantity_max =
    10'000;  // against hoarding, and slips of the finger
inline constexpr std::chrono::minutes hold_default{15};
inline constexpr std::chrono::minutes hold_max{60};  // extensions included

StockItemDecision decide(const StockItem& item, const CreateStockItem& command);
StockItemDecision decide(const StockItem& item, const ReceiveStock& command);
StockItemDecision decide(const StockItem& item, const AdjustStock& command);
StockItemDecision decide(const StockItem& item, const RecordStockCount& command);
StockItemDecision decide(const StockItem& item, const ReserveStock& command, Time now);
StockItemDecision decide(const StockItem& item, const ResizeReservation& command, Time now);
StockItemDecision decide(const StockItem& item, const ExtendReservation& command, Time now);
StockItemDecision decide(const StockItem& item, const CommitReservation& command, Time now);
StockItemDecision decide(const StockItem& item, const ReleaseReservation& command);
StockItemDecision decide(const StockItem& item, const ExpireReservation& command, Time now);
StockItemDecision decide(const StockItem& item, const ShipReserved& command);
StockItemDecision decide(const StockItem& item, const RestockReturn& command);
StockItemDecision decide(const StockItem& item, const SetThresholds& command);

}  // namespace inventory
