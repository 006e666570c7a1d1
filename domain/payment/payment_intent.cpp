#include "domain/payment/payment_intent.hpp"

namespace payment {
namespace {

using Kind = Request::Kind;

void raise(PaymentIntent& intent, PaymentStatus to) { intent.status = raised(intent.status, to); }

void close(PaymentIntent& intent, const std::string& key) { intent.requests[key].open = false; }

// The gateway's last word on the request to hold the money.
void close_authorization(PaymentIntent& intent) {
  for (auto& [key, request] : intent.requests)
    if (request.kind == Kind::authorization) request.open = false;
}

// Nothing was taken in time, and nothing can be any more.
void void_if_lapsed(PaymentIntent& intent) {
  if (intent.lapsed && intent.captured + intent.open(Kind::capture) == 0)
    raise(intent, PaymentStatus::voided);
}

}  // namespace

std::string_view name_of(Kind kind) {
  static constexpr std::string_view names[] = {"authorization", "capture", "release", "refund"};
  return names[static_cast<std::size_t>(kind)];
}

const Request* PaymentIntent::find(const std::string& key, Kind kind) const {
  const auto found = requests.find(key);
  return found == requests.end() || found->second.kind != kind ? nullptr : &found->second;
}

std::int64_t PaymentIntent::open(Kind kind) const {
  std::int64_t sum = 0;
  for (const auto& [key, request] : requests)
    if (request.kind == kind && request.open) sum += request.amount;
  return sum;
}

bool PaymentIntent::releasing() const {
  return std::ranges::any_of(requests, [](const auto& entry) {
    return entry.second.kind == Kind::release && entry.second.open;
  });
}

std::int64_t PaymentIntent::takeable() const {
  return lapsed ? 0 : authorized - captured - open(Kind::capture);
}

void evolve(PaymentIntent& intent, const PaymentInitiated& fact) {
  intent.order_id = fact.order_id;
  intent.subscription_id = fact.subscription_id;
  intent.period_index = fact.period_index;
  intent.contract_id = fact.contract_id;
  intent.user_id = fact.user_id;
  intent.amount = fact.amount;
  intent.currency_code = fact.currency_code;
  intent.payment_method = fact.payment_method;
}

void evolve(PaymentIntent& intent, const RiskAssessed&) { intent.assessed = true; }

void evolve(PaymentIntent& intent, const PaymentBlocked&) {
  intent.assessed = true;
  raise(intent, PaymentStatus::blocked);
}

void evolve(PaymentIntent& intent, const AuthorizationRequested& fact) {
  intent.requests[fact.key] = {.kind = Kind::authorization, .amount = fact.amount};
  raise(intent, PaymentStatus::authorizing);
}

void evolve(PaymentIntent& intent, const PaymentOutcomeUnknown& fact) {
  intent.requests[fact.key].doubted = true;
  raise(intent, PaymentStatus::outcome_unknown);
}

void evolve(PaymentIntent& intent, const PaymentActionRequired& fact) {
  intent.gateway_ref = fact.gateway_ref;
  raise(intent, PaymentStatus::action_required);
}

void evolve(PaymentIntent& intent, const PaymentDeclined&) {
  close_authorization(intent);
  raise(intent, PaymentStatus::declined);
}

void evolve(PaymentIntent& intent, const PaymentAuthorized& fact, schemas::Time at) {
  close_authorization(intent);
  intent.gateway_ref = fact.gateway_ref;
  intent.authorized = fact.amount;
  intent.authorized_at = at;
  raise(intent, PaymentStatus::authorized);
}

void evolve(PaymentIntent& intent, const CaptureRequested& fact) {
  intent.requests[fact.key] = {.kind = Kind::capture, .amount = fact.amount};
}

void evolve(PaymentIntent& intent, const PaymentCaptured& fact) {
  close(intent, fact.key);
  intent.captured += fact.amount;
  raise(intent, PaymentStatus::captured);
}

void evolve(PaymentIntent& intent, const CaptureFailed& fact) {
  close(intent, fact.key);
  void_if_lapsed(intent);
}

void evolve(PaymentIntent& intent, const VoidRequested& fact) {
  intent.requests[fact.key] = {.kind = Kind::release};
}

void evolve(PaymentIntent& intent, const PaymentVoided& fact) {
  if (fact.key) close(intent, *fact.key);
  close_authorization(intent);
  raise(intent, PaymentStatus::voided);
}

void evolve(PaymentIntent& intent, const VoidFailed& fact) { close(intent, fact.key); }

void evolve(PaymentIntent& intent, const AuthorizationExpired&) {
  intent.lapsed = true;
  void_if_lapsed(intent);
}

void evolve(PaymentIntent& intent, const RefundRequested& fact) {
  intent.requests[fact.key] = {
      .kind = Kind::refund,
      .amount = fact.amount,
      .refund_id = fact.refund_id,
      .reason = fact.reason};
}

void evolve(PaymentIntent& intent, const RefundSucceeded& fact) {
  close(intent, fact.key);
  intent.requests[fact.key].succeeded = true;
  intent.refunded += fact.amount;
  if (intent.refunded == intent.captured) raise(intent, PaymentStatus::refunded);
}

void evolve(PaymentIntent& intent, const RefundFailed& fact) { close(intent, fact.key); }

}  // namespace payment
