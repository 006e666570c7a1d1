#include "commands/payment/effects.hpp"

#include "schemas/payment.hpp"

namespace payment {
namespace {

using effects::Done;
using effects::Outcome;
using PaymentId = schemas::Id<"PaymentIntent">;

// An authorization that does not arrive is asked for as often, under its one key, before it is
// fenced: the gateway may be away for a moment, but the customer does not wait for ever.
constexpr unsigned asked_most = 3;

Outcome doubt(const PaymentId& id, const std::string& key) {
  return effects::unknown(MarkOutcomeUnknown{.payment_id = id, .key = key});
}

Outcome authorization(
    const PaymentId& id,
    const std::string& key,
    AuthorizationOutcome outcome,
    const GatewayAnswer& answer) {
  RecordAuthorization command{.payment_id = id, .key = key, .outcome = outcome};
  if (!answer.gateway_ref.empty()) command.gateway_ref = answer.gateway_ref;
  if (!answer.reason.empty()) command.reason = answer.reason;
  if (!answer.action_url.empty()) command.action_url = answer.action_url;
  return effects::report(command);
}

Outcome declined(const PaymentId& id, const std::string& key, std::string reason) {
  return authorization(
      id, key, AuthorizationOutcome::declined, GatewayAnswer{.reason = std::move(reason)});
}

Outcome authorization_of(const PaymentId& id, const std::string& key, const GatewayAnswer& answer) {
  switch (answer.outcome) {
    case GatewayOutcome::authorized:
    case GatewayOutcome::captured:  // Whatever followed, it was authorized before.
    case GatewayOutcome::refunded:
      return authorization(id, key, AuthorizationOutcome::authorized, answer);
    case GatewayOutcome::action_required:
      return authorization(id, key, AuthorizationOutcome::action_required, answer);
    case GatewayOutcome::declined:
    case GatewayOutcome::failed:
      return authorization(id, key, AuthorizationOutcome::declined, answer);
    case GatewayOutcome::voided:
      return declined(id, key, "voided");
    case GatewayOutcome::not_found:
    case GatewayOutcome::unknown:
      break;
  }
  return doubt(id, key);
}

void authorize(
    Gateway* gateway, const effects::Effect<AuthorizationRequested>& effect, const Done& done) {
  const PaymentId id{effect.aggregate_id};
  const auto& [key, amount, currency_code, payment_method] = effect.fact;
  if (!gateway)  // There may have been one before.
    return done(effect.tries == 0 ? declined(id, key, "method_unsupported") : effects::unknown());
  const auto told = [id, key = key, done](const GatewayAnswer& answer) {
    done(authorization_of(id, key, answer));
  };
  Authorization request{
      key, id.text(), amount, currency_code, payment_method, effect.correlation, effect.causation};
  if (effect.tries == 0) return gateway->authorize(std::move(request), told);
  const bool again = effect.tries < asked_most;
  gateway->look_up(key, [gateway, id, request, again, done, told](const GatewayAnswer& answer) {
    if (answer.outcome != GatewayOutcome::not_found) return told(answer);
    if (again) return gateway->authorize(request, told);
    gateway->fence(request.key, [id, key = request.key, done, told](const GatewayAnswer& fenced) {
      if (fenced.outcome != GatewayOutcome::voided) return told(fenced);
      done(declined(id, key, "never_received"));
    });
  });
}

// Everything but an authorization: it is done when the answer is `wanted`, and `Record` says so.
template <class Record, class Fact>
void ask(
    Gateway* gateway,
    const effects::Effect<Fact>& effect,
    const Done& done,
    GatewayOutcome wanted,
    std::function<void(Gateway::Done)> send) {
  if (!gateway) return done(effects::unknown());
  const PaymentId id{effect.aggregate_id};
  const auto told = [id, key = effect.fact.key, done, wanted](const GatewayAnswer& answer) {
    if (answer.outcome == GatewayOutcome::unknown || answer.outcome == GatewayOutcome::not_found)
      return done(doubt(id, key));
    const bool succeeded = answer.outcome == wanted;
    Record command{
        .payment_id = id,
        .key = key,
        .outcome = succeeded ? RequestOutcome::succeeded : RequestOutcome::failed};
    if (!answer.reason.empty()) command.reason = answer.reason;
    done(effects::report(command));
  };
  if (effect.tries == 0) return send(told);
  gateway->look_up(effect.fact.key, [send = std::move(send), told](const GatewayAnswer& answer) {
    if (answer.outcome == GatewayOutcome::not_found) return send(told);
    told(answer);
  });
}

}  // namespace

void add_performers(effects::Registry& registry, Gateway* gateway) {
  registry.add<AuthorizationRequested>(
      [gateway](const auto& effect, const Done& done) { authorize(gateway, effect, done); });
  registry.add<CaptureRequested>([gateway](const auto& effect, const Done& done) {
    ask<RecordCapture>(
        gateway,
        effect,
        done,
        GatewayOutcome::captured,
        [gateway, fact = effect.fact](Gateway::Done told) {
          gateway->capture(fact.key, fact.gateway_ref, fact.amount, std::move(told));
        });
  });
  registry.add<VoidRequested>([gateway](const auto& effect, const Done& done) {
    ask<RecordVoid>(
        gateway,
        effect,
        done,
        GatewayOutcome::voided,
        [gateway, fact = effect.fact](Gateway::Done told) {
          gateway->release(fact.key, fact.authorization_key, std::move(told));
        });
  });
  registry.add<RefundRequested>([gateway](const auto& effect, const Done& done) {
    ask<RecordRefundResult>(
        gateway,
        effect,
        done,
        GatewayOutcome::refunded,
        [gateway, fact = effect.fact](Gateway::Done told) {
          gateway->refund(fact.key, fact.gateway_ref, fact.amount, std::move(told));
        });
  });
}

}  // namespace payment
