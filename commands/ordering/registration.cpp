#include "commands/engine/aggregate_of.hpp"
#include "commands/engine/registry.hpp"
#include "commands/ordering/order.hpp"

namespace ordering {

void commands(engine::Registry& registry) {
  engine::add<engine::AggregateOf<OrderDecider>>(registry);
}

}  // namespace ordering
