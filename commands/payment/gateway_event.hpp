// A gateway's event is taken in once, together with what it says of the payment.
#pragma once

#include "commands/engine/step.hpp"
#include "domain/payment/gateway_event.hpp"

namespace payment {

using GatewayEventDecider = kernel::Decider<GatewayEventSchema, GatewayEvent>;

GatewayEventDecider::Decision decide(const GatewayEvent& event, const IngestGatewayEvent& command);
std::vector<engine::Step> together(const GatewayEvent& event, const IngestGatewayEvent& command);

}  // namespace payment
