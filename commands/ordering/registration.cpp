#include "commands/effects/effects.hpp"
#include "commands/engine/aggregate_of.hpp"
#include "commands/engine/registry.hpp"
#include "commands/ordering/checkout.hpp"
#include "commands/ordering/order.hpp"

namespace ordering {

void commands(engine::Registry& registry) {
  engine::add<engine::AggregateOf<OrderDecider>>(registry);
}

void flows(std::vector<::flows::FlowType>& all) { all.push_back(checkout()); }

void effects(::effects::Registry&, const ::effects::Outside&) {}

}  // namespace ordering
