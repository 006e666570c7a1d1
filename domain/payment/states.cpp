#include "domain/fold/states.hpp"

#include "domain/payment/gateway_event.hpp"
#include "domain/payment/payment_intent.hpp"

namespace payment {

void states(fold::States& states) {
  states.add<PaymentIntentSchema, PaymentIntent>();
  states.add<GatewayEventSchema, GatewayEvent>();
}

}  // namespace payment
