#include "commands/engine/aggregate_of.hpp"
#include "commands/engine/registry.hpp"
#include "commands/flows/flow.hpp"
#include "commands/payment/authorization_expiry.hpp"
#include "commands/payment/effects.hpp"
#include "commands/payment/gateway_event.hpp"
#include "commands/payment/payment_intent.hpp"

namespace payment {

void commands(engine::Registry& registry) {
  engine::add<engine::AggregateOf<PaymentIntentDecider>>(registry);
  engine::add<engine::AggregateOf<GatewayEventDecider>>(registry);
}

void flows(std::vector<::flows::FlowType>& all) { all.push_back(authorization_expiry()); }

void effects(::effects::Registry& registry, const ::effects::Outside& outside) {
  add_performers(registry, outside.find<Gateway>());
}

}  // namespace payment
