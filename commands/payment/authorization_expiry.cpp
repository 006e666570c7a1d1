#include "commands/payment/authorization_expiry.hpp"

#include <algorithm>

#include "commands/payment/payment_intent.hpp"

namespace payment {
namespace {

using flows::Heard;
using flows::Steps;

Steps expire_at(schemas::Time when, std::string step, const Heard& heard) {
  return {flows::later(
      when,
      std::move(step),
      ExpireAuthorization{.payment_id = schemas::Id<"PaymentIntent">{heard.id}})};
}

}  // namespace

Steps react(AuthorizationExpiry& state, const PaymentAuthorized& fact, const Heard& heard) {
  state.held = fact.amount;
  state.until = heard.at + authorization_time;
  return expire_at(state.until, "expire", heard);
}

// While it was under way the time may have come, and have found nothing to end.
Steps react(AuthorizationExpiry& state, const CaptureFailed&, const Heard& heard) {
  return expire_at(
      std::max(state.until, heard.at), "expire~" + std::to_string(heard.version), heard);
}

Steps react(AuthorizationExpiry& state, const PaymentCaptured& fact, const Heard&) {
  state.held -= fact.amount;
  if (state.held > 0) return {};
  return {flows::end()};
}

Steps react(AuthorizationExpiry&, const PaymentVoided&, const Heard&) { return {flows::end()}; }
Steps react(AuthorizationExpiry&, const AuthorizationExpired&, const Heard&) {
  return {flows::end()};
}

flows::FlowType authorization_expiry() {
  return flows::Builder<AuthorizationExpiry>{"authorization_expiry"}
      .begins<PaymentAuthorized>()
      .hears<PaymentCaptured, CaptureFailed, PaymentVoided, AuthorizationExpired>()
      .build();
}

}  // namespace payment
