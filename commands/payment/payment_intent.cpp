#include "commands/payment/payment_intent.hpp"

#include "schemas/ordering.hpp"
#include "schemas/smart_contract.hpp"
#include "schemas/subscription.hpp"

namespace payment {
namespace {

using kernel::nothing;
using Decision = PaymentIntentDecision;
using Facts = Decision::Facts;
using Kind = Request::Kind;

// What a request is known by to the gateway, for ever. Numbered, since some are made again.
std::string new_key(
    const PaymentIntent& intent, const schemas::Id<"PaymentIntent">& id, std::string_view what) {
  return id.text() + '~' + std::string{what} + '~' + std::to_string(intent.requests.size() + 1);
}

const Request* open_request(const PaymentIntent& intent, const std::string& key, Kind kind) {
  const auto* request = intent.find(key, kind);
  return request && request->open ? request : nullptr;
}

// As long as nothing is known of the customer but what is to be paid, only the amount speaks: a
// point for every ten thousand units of a currency with cents.
std::int64_t risk_of(std::int64_t amount) {
  constexpr std::int64_t a_point = 1'000'000;
  return std::min(risk_max, amount / a_point);
}

bool same(const PaymentIntent& intent, const InitiatePayment& command) {
  return intent.order_id == command.order_id && intent.subscription_id == command.subscription_id &&
         intent.period_index == command.period_index && intent.contract_id == command.contract_id &&
         intent.user_id == command.user_id && intent.amount == command.amount &&
         intent.currency_code == command.currency_code &&
         intent.payment_method == command.payment_method;
}

// An order, a period of a subscription, or the escrow of a contract.
bool is_for_one_thing(const InitiatePayment& command) {
  const bool period = command.subscription_id && command.period_index;
  const bool part = command.subscription_id || command.period_index;
  if (command.order_id) return !part && !command.contract_id;
  return command.contract_id ? !part : period;
}

// Whatever is paid for has one payment at a time.
engine::Step attach(const InitiatePayment& command) {
  if (command.order_id)
    return engine::step(ordering::AttachPayment{
        .order_id = *command.order_id,
        .payment_id = command.payment_id,
        .amount = command.amount,
        .currency_code = command.currency_code});
  if (command.contract_id)
    return engine::step(smart_contract::AttachFunding{
        .contract_id = *command.contract_id,
        .payment_id = command.payment_id,
        .amount = command.amount,
        .currency_code = command.currency_code});
  return engine::step(subscription::AttachSubscriptionPayment{
      .subscription_id = *command.subscription_id,
      .payment_id = command.payment_id,
      .period_index = *command.period_index,
      .amount = command.amount,
      .currency_code = command.currency_code});
}

// It takes no money any more, whatever the gateway may still say.
bool is_closed(const PaymentIntent& intent) {
  return intent.status == PaymentStatus::blocked || intent.status == PaymentStatus::declined ||
         intent.status >= PaymentStatus::refunded || intent.releasing();
}

// What is neither given back nor about to be.
std::int64_t kept(const PaymentIntent& intent) {
  return intent.captured - intent.refunded - intent.open(Kind::refund);
}

VoidRequested void_request(
    const PaymentIntent& intent,
    const schemas::Id<"PaymentIntent">& id,
    std::optional<std::string> reason) {
  VoidRequested fact{.key = new_key(intent, id, "void"), .reason = std::move(reason)};
  for (const auto& [key, request] : intent.requests)
    if (request.kind == Kind::authorization) fact.authorization_key = key;
  return fact;
}

}  // namespace

Decision decide(const PaymentIntent& intent, const InitiatePayment& command) {
  if (intent.exists()) return same(intent, command) ? Decision{nothing} : Rejection::already_exists;
  if (!is_for_one_thing(command)) return Rejection::reference_invalid;
  return PaymentInitiated{
      .order_id = command.order_id,
      .subscription_id = command.subscription_id,
      .period_index = command.period_index,
      .contract_id = command.contract_id,
      .user_id = command.user_id,
      .amount = command.amount,
      .currency_code = command.currency_code,
      .payment_method = command.payment_method};
}

Decision decide(const PaymentIntent& intent, const AssessRisk&) {
  if (intent.assessed) return nothing;
  const auto score = risk_of(intent.amount);
  if (score == risk_max) return PaymentBlocked{.score = score, .reason = "amount_unusual"};
  return RiskAssessed{.score = score};
}

Decision decide(const PaymentIntent& intent, const RequestAuthorization& command) {
  if (is_closed(intent)) return Rejection::payment_closed;
  if (intent.status != PaymentStatus::initiated) return nothing;
  return AuthorizationRequested{
      .key = new_key(intent, command.payment_id, "authorization"),
      .amount = intent.amount,
      .currency_code = intent.currency_code,
      .payment_method = intent.payment_method};
}

Decision decide(const PaymentIntent& intent, const RecordAuthorization& command) {
  if (!intent.find(command.key, Kind::authorization)) return nothing;
  switch (command.outcome) {
    case AuthorizationOutcome::action_required:
      if (intent.status >= PaymentStatus::action_required) return nothing;
      return PaymentActionRequired{
          .gateway_ref = command.gateway_ref.value_or(""),
          .action_url = command.action_url.value_or("")};
    case AuthorizationOutcome::declined:
      if (intent.status >= PaymentStatus::declined) return nothing;
      return PaymentDeclined{.reason = command.reason.value_or("")};
    case AuthorizationOutcome::authorized:
      break;
  }
  if (intent.status >= PaymentStatus::authorized) return nothing;
  Facts facts{
      PaymentAuthorized{.gateway_ref = command.gateway_ref.value_or(""), .amount = intent.amount}};
  // Nobody waits for it any more, so what is held after all is let go of at once.
  if (intent.status == PaymentStatus::declined && !intent.releasing())
    facts.emplace_back(void_request(intent, command.payment_id, "authorized after all"));
  return facts;
}

Decision decide(const PaymentIntent& intent, const MarkOutcomeUnknown& command) {
  const auto found = intent.requests.find(command.key);
  if (found == intent.requests.end() || !found->second.open || found->second.doubted)
    return nothing;
  return PaymentOutcomeUnknown{.key = command.key};
}

Decision decide(const PaymentIntent& intent, const CapturePayment& command) {
  if (is_closed(intent) || intent.refunded + intent.open(Kind::refund) > 0)
    return Rejection::payment_closed;
  if (intent.status < PaymentStatus::authorized) return Rejection::not_authorized;
  if (intent.lapsed) return Rejection::authorization_expired;
  const auto left = intent.takeable();
  if (!command.amount && left == 0) return nothing;
  const auto amount = command.amount.value_or(left);
  if (amount < 1 || amount > left)
    return kernel::Refused{Rejection::exceeds_authorized, {{"left", left}}};
  return CaptureRequested{
      .key = new_key(intent, command.payment_id, "capture"),
      .gateway_ref = intent.gateway_ref,
      .amount = amount};
}

Decision decide(const PaymentIntent& intent, const RecordCapture& command) {
  const auto* request = open_request(intent, command.key, Kind::capture);
  if (!request) return nothing;
  if (command.outcome == RequestOutcome::succeeded)
    return PaymentCaptured{.key = command.key, .amount = request->amount};
  return CaptureFailed{.key = command.key, .reason = command.reason.value_or("")};
}

Decision decide(const PaymentIntent& intent, const RequireCaptured&) {
  return kept(intent) < intent.amount ? Decision{Rejection::not_captured} : nothing;
}

Decision decide(const PaymentIntent& intent, const RequireClosed&) {
  return is_closed(intent) ? Decision{nothing} : Rejection::payment_open;
}

Decision decide(const PaymentIntent& intent, const RequireRefunded& command) {
  const bool back = std::ranges::any_of(intent.requests, [&](const auto& entry) {
    const auto& request = entry.second;
    return request.kind == Kind::refund && request.refund_id == command.refund_id &&
           request.succeeded && request.amount == command.amount;
  });
  return back ? Decision{nothing} : Rejection::not_refunded;
}

Decision decide(const PaymentIntent& intent, const VoidPayment& command) {
  if (intent.status == PaymentStatus::initiated) return PaymentVoided{};
  if (intent.status == PaymentStatus::blocked || intent.status == PaymentStatus::declined ||
      intent.status == PaymentStatus::voided || intent.releasing())
    return nothing;
  if (intent.captured + intent.open(Kind::capture) > 0) return Rejection::already_captured;
  return void_request(intent, command.payment_id, command.reason);
}

Decision decide(const PaymentIntent& intent, const ExpireAuthorization&, kernel::Time now) {
  const bool held = intent.status >= PaymentStatus::authorized &&
                    intent.status != PaymentStatus::voided && intent.takeable() > 0;
  if (!held) return nothing;
  if (now < intent.authorized_at + authorization_time) return Rejection::too_early;
  return AuthorizationExpired{.amount = intent.takeable()};
}

Decision decide(const PaymentIntent& intent, const RecordVoid& command) {
  if (!open_request(intent, command.key, Kind::release)) return nothing;
  if (command.outcome == RequestOutcome::succeeded) return PaymentVoided{.key = command.key};
  return VoidFailed{.key = command.key, .reason = command.reason.value_or("")};
}

Decision decide(const PaymentIntent& intent, const RequestRefund& command) {
  std::size_t refunds = 0;
  for (const auto& [key, request] : intent.requests) {
    if (request.kind != Kind::refund) continue;
    ++refunds;
    if (request.refund_id != command.refund_id) continue;
    const bool same = request.reason == command.reason &&
                      command.amount.value_or(request.amount) == request.amount;
    return same ? Decision{nothing} : Rejection::already_exists;
  }
  if (intent.captured == 0 || intent.open(Kind::capture) > 0) return Rejection::not_captured;
  if (refunds == refunds_max) return Rejection::too_many_refunds;
  const auto left = kept(intent);
  const auto amount = command.amount.value_or(left);
  if (amount < 1 || amount > left)
    return kernel::Refused{Rejection::exceeds_captured, {{"left", left}}};
  return RefundRequested{
      .refund_id = command.refund_id,
      .key = new_key(intent, command.payment_id, "refund"),
      .gateway_ref = intent.gateway_ref,
      .amount = amount,
      .currency_code = intent.currency_code,
      .reason = command.reason};
}

Decision decide(const PaymentIntent& intent, const RecordRefundResult& command) {
  const auto* request = open_request(intent, command.key, Kind::refund);
  if (!request) return nothing;
  if (command.outcome == RequestOutcome::succeeded)
    return RefundSucceeded{
        .refund_id = *request->refund_id, .key = command.key, .amount = request->amount};
  return RefundFailed{
      .refund_id = *request->refund_id, .key = command.key, .reason = command.reason.value_or("")};
}

std::vector<engine::Step> together(const PaymentIntent&, const InitiatePayment& command) {
  return {attach(command), engine::step(AssessRisk{.payment_id = command.payment_id})};
}

std::vector<engine::Step> together(const PaymentIntent& intent, const AssessRisk& command) {
  if (risk_of(intent.amount) == risk_max) return {};
  return {engine::step(RequestAuthorization{.payment_id = command.payment_id})};
}

std::vector<engine::Step> together(const PaymentIntent& intent, const CapturePayment& command) {
  if (!intent.contract_id) return {};
  return {engine::step(smart_contract::AttachFunding{
      .contract_id = *intent.contract_id,
      .payment_id = command.payment_id,
      .amount = command.amount.value_or(intent.takeable()),
      .currency_code = intent.currency_code})};
}

std::vector<engine::Step> together(const PaymentIntent& intent, const RequestRefund& command) {
  if (!intent.contract_id) return {};
  return {engine::step(smart_contract::AllowRefund{
      .contract_id = *intent.contract_id,
      .refund_id = command.refund_id,
      .amount = command.amount.value_or(kept(intent))})};
}

}  // namespace payment
