// What may be done with an order. What an order does to stock happens in the same commit as what
// it does to the order: both, or neither.
#pragma once

#include "commands/engine/step.hpp"
#include "domain/ordering/order.hpp"

namespace ordering {

using OrderDecider = kernel::Decider<OrderSchema, Order>;
using OrderDecision = OrderDecider::Decision;

inline constexpr std::size_t items_max = 100;
inline constexpr std::int64_t units_max = 10'000;  // of one item; what one reservation may hold
// As long as units can be held: longer than a payment may take before the order is given up.
inline constexpr std::chrono::seconds hold_time{3600};

OrderDecision decide(const Order& order, const PlaceOrder& command);
OrderDecision decide(const Order& order, const MarkStockSecured& command);
OrderDecision decide(const Order& order, const AttachPayment& command);
OrderDecision decide(const Order& order, const ConfirmOrder& command);
OrderDecision decide(const Order& order, const FailOrder& command);
OrderDecision decide(const Order& order, const HoldOrder& command);
OrderDecision decide(const Order& order, const ReleaseOrderHold& command);
OrderDecision decide(const Order& order, const CancelOrder& command);
OrderDecision decide(const Order& order, const RecordShipment& command);
OrderDecision decide(const Order& order, const RecordDelivery& command);
OrderDecision decide(const Order& order, const CompleteOrder& command);

// The reservation of an item's units, and of those that are taken after their first hold has ended.
// Items are named within their order, reservations among all of the stock's.
schemas::Id<"Reservation"> first_reservation(
    const schemas::Id<"Order">& order, const OrderLine& line);
schemas::Id<"Reservation"> fresh_reservation(
    const schemas::Id<"Order">& order, const OrderLine& line);

std::vector<engine::Step> together(const Order& order, const PlaceOrder& command);
std::vector<engine::Step> together(const Order& order, const ConfirmOrder& command);
std::vector<engine::Step> together(const Order& order, const FailOrder& command);
std::vector<engine::Step> together(const Order& order, const CancelOrder& command);
std::vector<engine::Step> together(const Order& order, const RecordShipment& command);

}  // namespace ordering
