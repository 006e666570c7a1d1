// Authorization expiry: the gateway holds money for seven days, then it lapses. One instance for
// each payment that was authorized; it ends when nothing is held any more.
#pragma once

#include "commands/flows/flow.hpp"
#include "schemas/payment.hpp"

namespace payment {

flows::Steps react(
    AuthorizationExpiry& state, const PaymentAuthorized& fact, const flows::Heard& heard);
flows::Steps react(
    AuthorizationExpiry& state, const PaymentCaptured& fact, const flows::Heard& heard);
flows::Steps react(
    AuthorizationExpiry& state, const CaptureFailed& fact, const flows::Heard& heard);
flows::Steps react(
    AuthorizationExpiry& state, const PaymentVoided& fact, const flows::Heard& heard);
flows::Steps react(
    AuthorizationExpiry& state, const AuthorizationExpired& fact, const flows::Heard& heard);

flows::FlowType authorization_expiry();

}  // namespace payment
