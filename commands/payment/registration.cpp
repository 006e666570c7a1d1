#include "commands/engine/aggregate_of.hpp"
#include "commands/engine/registry.hpp"
#include "commands/payment/gateway_event.hpp"
#include "commands/payment/payment_intent.hpp"

namespace payment {

void commands(engine::Registry& registry) {
  engine::add<engine::AggregateOf<PaymentIntentDecider>>(registry);
  engine::add<engine::AggregateOf<GatewayEventDecider>>(registry);
}

}  // namespace payment
