// What somebody ordered, and how far it has come. Every change of the status is a fact of its own,
// OrderStatusChanged; an order that was cancelled, has failed or is completed never changes again.
#pragma once

#include <map>

#include "domain/kernel/decider.hpp"
#include "schemas/ordering.hpp"

namespace ordering {

struct OrderItem {
  OrderLine line;
  schemas::Id<"Reservation"> reservation_id;  // of the units that are set aside for it
  std::int64_t shipped = 0;
  std::int64_t cancelled = 0;

  // To be shipped, or cancelled.
  std::int64_t left() const { return line.quantity - shipped - cancelled; }
};

struct Order {
  schemas::Id<"User"> user_id;
  std::string currency_code;
  std::string payment_method;
  std::int64_t total_amount = 0;
  std::vector<OrderItem> items;
  std::optional<schemas::Id<"PaymentIntent">> payment_id;
  OrderStatus status = OrderStatus::pending;
  std::int64_t changes = 0;                           // of the status, so far
  std::map<schemas::Id<"Shipment">, bool> shipments;  // whether each has arrived

  bool exists() const { return !items.empty(); }
  OrderItem* find(const schemas::Id<"OrderItem">& id);
  const OrderItem* find(const schemas::Id<"OrderItem">& id) const;
  std::int64_t left() const;
};

void evolve(Order& order, const OrderPlaced& fact);
void evolve(Order& order, const OrderStockSecured& fact);
void evolve(Order& order, const OrderPaymentAttached& fact);
void evolve(Order& order, const OrderItemsCancelled& fact);
void evolve(Order& order, const OrderItemsShipped& fact);
void evolve(Order& order, const OrderItemsDelivered& fact);
void evolve(Order& order, const OrderStatusChanged& fact);
// These say why the status changes; the change itself follows them.
inline void evolve(Order&, const OrderConfirmed&) {}
inline void evolve(Order&, const OrderFailed&) {}
inline void evolve(Order&, const OrderHeld&) {}
inline void evolve(Order&, const OrderHoldReleased&) {}
inline void evolve(Order&, const OrderCancelled&) {}
inline void evolve(Order&, const OrderCompleted&) {}

}  // namespace ordering
