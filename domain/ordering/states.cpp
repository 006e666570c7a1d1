#include "domain/fold/states.hpp"

#include "domain/ordering/order.hpp"

namespace ordering {

void states(fold::States& states) { states.add<OrderSchema, Order>(); }

}  // namespace ordering
