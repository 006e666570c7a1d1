// Something the payment gateway told on its own account, taken in once.
#pragma once

#include "domain/kernel/decider.hpp"
#include "schemas/payment.hpp"

namespace payment {

struct GatewayEvent {
  std::optional<GatewayEventAccepted> accepted;
};

inline void evolve(GatewayEvent& event, const GatewayEventAccepted& fact) { event.accepted = fact; }

}  // namespace payment
