// Values with names, for the tests of this context.
#pragma once

#include "commands/payment/gateway_event.hpp"
#include "commands/payment/payment_intent.hpp"
#include "tests/dsl/scenario.hpp"

namespace payment {

using R = Rejection;

inline const schemas::Id<"PaymentIntent"> p1{"o-1~1"};
inline const schemas::Id<"Order"> o1{"o-1"};
inline const schemas::Id<"User"> ann{"u-1"};
inline const schemas::Id<"Refund"> r1{"r-1"}, r2{"r-2"};

// The keys of an intent's requests, in the order they are made.
inline std::string key(std::string_view what, int number) {
  return "o-1~1~" + std::string{what} + '~' + std::to_string(number);
}
inline const std::string asked = key("authorization", 1);

inline const InitiatePayment initiate{
    .payment_id = p1,
    .order_id = o1,
    .user_id = ann,
    .amount = 1000,
    .currency_code = "EUR",
    .payment_method = "test_ok"};
inline const PaymentInitiated initiated{
    .order_id = o1,
    .user_id = ann,
    .amount = 1000,
    .currency_code = "EUR",
    .payment_method = "test_ok"};
inline const AssessRisk assess{.payment_id = p1};
inline const RiskAssessed assessed{.score = 0};
inline const RequestAuthorization request_authorization{.payment_id = p1};
inline const AuthorizationRequested authorization_requested{
    .key = asked, .amount = 1000, .currency_code = "EUR", .payment_method = "test_ok"};

inline RecordAuthorization record(AuthorizationOutcome outcome, std::string of = asked) {
  return {
      .payment_id = p1,
      .key = std::move(of),
      .outcome = outcome,
      .gateway_ref = "ch_1",
      .reason = "insufficient_funds",
      .action_url = "https://bank.example/3ds"};
}
inline const auto record_authorized = record(AuthorizationOutcome::authorized);
inline const auto record_declined = record(AuthorizationOutcome::declined);
inline const auto record_action = record(AuthorizationOutcome::action_required);
inline const PaymentAuthorized authorized{.gateway_ref = "ch_1", .amount = 1000};
inline const PaymentDeclined declined{.reason = "insufficient_funds"};
inline const PaymentActionRequired action_required{
    .gateway_ref = "ch_1", .action_url = "https://bank.example/3ds"};

inline CapturePayment capture(std::optional<std::int64_t> amount = std::nullopt) {
  return {.payment_id = p1, .amount = amount};
}
inline CaptureRequested capture_requested(std::int64_t amount, int number = 2) {
  return {.key = key("capture", number), .gateway_ref = "ch_1", .amount = amount};
}
inline PaymentCaptured captured(std::int64_t amount, int number = 2) {
  return {.key = key("capture", number), .amount = amount};
}
inline const VoidPayment void_payment{.payment_id = p1, .reason = "cancelled"};
inline VoidRequested void_requested(int number = 2) {
  return {.key = key("void", number), .authorization_key = asked, .reason = "cancelled"};
}
inline PaymentVoided voided(int number = 2) { return {.key = key("void", number)}; }

inline RequestRefund refund(
    std::optional<std::int64_t> amount = std::nullopt, schemas::Id<"Refund"> id = r1) {
  return {.payment_id = p1, .refund_id = std::move(id), .amount = amount, .reason = "broken"};
}
inline RefundRequested refund_requested(
    std::int64_t amount, int number = 3, schemas::Id<"Refund"> id = r1) {
  return {
      .refund_id = std::move(id),
      .key = key("refund", number),
      .gateway_ref = "ch_1",
      .amount = amount,
      .currency_code = "EUR",
      .reason = "broken"};
}
inline RefundSucceeded refunded(
    std::int64_t amount, int number = 3, schemas::Id<"Refund"> id = r1) {
  return {.refund_id = std::move(id), .key = key("refund", number), .amount = amount};
}

template <class Record>
Record record_result(std::string of, RequestOutcome outcome = RequestOutcome::succeeded) {
  return {.payment_id = p1, .key = std::move(of), .outcome = outcome, .reason = "no"};
}

auto intent(auto... facts) { return dsl::given<PaymentIntentDecider>(facts...); }

// What brings an intent to each status.
inline auto asking() { return intent(initiated, assessed, authorization_requested); }
inline auto authorized_intent() { return asking().and_then(authorized); }
inline auto declined_intent() { return asking().and_then(declined); }
inline auto captured_intent(std::int64_t amount) {
  return authorized_intent().and_then(capture_requested(amount), captured(amount));
}
inline auto voided_intent() { return authorized_intent().and_then(void_requested(), voided()); }
inline auto refunded_intent() {
  return captured_intent(1000).and_then(refund_requested(1000), refunded(1000));
}

}  // namespace payment
