#include "commands/effects/effects.hpp"
#include "commands/engine/aggregate_of.hpp"
#include "commands/engine/registry.hpp"
#include "commands/subscription/clock.hpp"
#include "commands/subscription/period_payment.hpp"
#include "commands/subscription/plan.hpp"
#include "commands/subscription/subscription.hpp"

namespace subscription {

void commands(engine::Registry& registry) {
  engine::add<engine::AggregateOf<PlanCodeDecider>>(registry);
  engine::add<engine::AggregateOf<PlanDecider>>(registry);
  engine::add<engine::AggregateOf<EnrolmentDecider>>(registry);
  engine::add<engine::AggregateOf<SubscriptionDecider>>(registry);
}

void flows(std::vector<::flows::FlowType>& all) {
  all.push_back(subscription_clock());
  all.push_back(period_payment());
}

void effects(::effects::Registry&, const ::effects::Outside&) {}

}  // namespace subscription
