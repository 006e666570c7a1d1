// What the payment gateway tells on its own account.
#pragma once

#include "gateways/http/webhook.hpp"

namespace payment {

// Its message as a command of the same fields, when the header Gateway-Signature is right over the
// raw bytes and not five minutes from now: otherwise payment/signature_invalid or payment/too_old.
// Fields that the command does not have are passed over, so that the gateway may add some.
http::WebhookOutcome read_gateway_event(const http::WebhookMessage& message);

}  // namespace payment
