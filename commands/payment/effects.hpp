// How the payment gateway is asked for what the facts named …Requested say, and what its answers
// are recorded as.
//
// A request goes out under the key that its fact carries. A first try asks. A later one looks the
// key up before anything else: what was answered meanwhile is recorded, and what the gateway never
// got is asked for again under the same key, which it does once at most. Only an authorization is
// not: the customer may have paid in another way by then. Its key is fenced, so that the first
// message cannot take effect any more wherever it is, and it counts as declined.
//
// Without a gateway no payment method is supported. That is said here and not when a payment is
// initiated, because decide() knows nothing of what a process has configured.
//
// Concurrency: any thread.
#pragma once

#include "commands/effects/effects.hpp"
#include "commands/payment/gateway.hpp"

namespace payment {

// `gateway` may be null; otherwise it outlives the registry.
void add_performers(effects::Registry& registry, Gateway* gateway);

}  // namespace payment
