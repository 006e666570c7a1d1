#include "commands/subscription/period_payment.hpp"

namespace subscription {
namespace {

using Money = PeriodMoney;
using PaymentId = schemas::Id<"PaymentIntent">;

std::string key(std::string_view subscription, std::int64_t period) {
  return std::string{subscription} + '~' + std::to_string(period);
}
template <class Fact>
std::string instance_of(const Fact& fact, const Heard& heard) {
  return key(heard.id, fact.period_index);
}
std::string first_instance(const FirstPaymentDue&, const Heard& heard) { return key(heard.id, 0); }

// Of the payment that counts. What becomes of one that has failed is settled by the payment itself.
bool concerns(const PeriodPayment& state, const Heard& heard) {
  return state.money != Money::none && state.payment_id.text() == heard.id;
}

// The name of a step that may be taken for every payment, or for every fact of it.
std::string of_payment(const PeriodPayment& state, std::string_view step) {
  return std::string{step} + '~' + state.payment_id.text();
}
std::string of_fact(const PeriodPayment& state, std::string_view step, const Heard& heard) {
  return of_payment(state, step) + '~' + std::to_string(heard.version);
}

PaySubscription pay(const PeriodPayment& state) {
  return {.subscription_id = state.subscription_id, .period_index = state.period_index};
}

flows::Step conclude(
    const PeriodPayment& state, std::string step, std::optional<PaymentId> payment_id) {
  if (state.first)
    return flows::send(
        std::move(step),
        ActivateSubscription{.subscription_id = state.subscription_id, .payment_id = payment_id});
  return flows::send(
      std::move(step),
      RenewSubscription{
          .subscription_id = state.subscription_id,
          .period_index = state.period_index,
          .payment_id = payment_id});
}
flows::Step conclude(const PeriodPayment& state, const Heard& heard) {
  return conclude(state, of_fact(state, "conclude", heard), state.payment_id);
}

template <class Fact>
Steps begin(PeriodPayment& state, const Fact& fact, const Heard& heard) {
  state.subscription_id = schemas::Id<"Subscription">{heard.id};
  state.amount = fact.amount;
  state.currency_code = fact.currency_code;
  return {
      flows::follow<SubscriptionSchema>(state.subscription_id),
      state.amount == 0 ? conclude(state, "conclude", std::nullopt)
                        : flows::send("pay", pay(state))};
}

// The payment has come to nothing.
Steps failed(PeriodPayment& state, const Heard& heard, std::string reason) {
  if (!concerns(state, heard)) return {};
  state.money = Money::none;
  if (state.over) return {flows::end()};
  return {
      flows::unstuck(),
      flows::forget(of_payment(state, "act")),
      flows::send(
          of_payment(state, "failed"),
          RecordPaymentFailure{
              .subscription_id = state.subscription_id,
              .payment_id = state.payment_id,
              .reason = std::move(reason)})};
}

flows::Step capture(const PeriodPayment& state, const Heard& heard) {
  return flows::send(
      of_fact(state, "capture", heard), payment::CapturePayment{.payment_id = state.payment_id});
}

flows::Step let_go(const PeriodPayment& state, std::string step, std::string reason) {
  return flows::send(
      std::move(step),
      payment::VoidPayment{.payment_id = state.payment_id, .reason = std::move(reason)});
}

flows::Step refund(const PeriodPayment& state, const std::string& step) {
  return flows::send(
      step,
      payment::RequestRefund{
          .payment_id = state.payment_id,
          .refund_id = schemas::Id<"Refund">{step},
          .reason = "the period is not renewed"});
}
flows::Step refund(const PeriodPayment& state, const Heard& heard) {
  return refund(state, of_fact(state, "refund", heard));
}

Steps give_up(PeriodPayment& state) {
  state.over = true;
  if (state.money == Money::none) return {flows::end()};
  if (state.captured > 0) return {refund(state, of_payment(state, "refund"))};
  return {let_go(state, of_payment(state, "void"), "the subscription has ended")};
}

// At the next time for that; when there is none left, there is no access any more.
Steps try_again(const PeriodPayment& state, const Heard& heard) {
  for (const auto days : retries)
    if (const auto due = *state.past_due_at + days; due > heard.at)
      return {flows::later(due, "retry~" + std::to_string(days.count()), pay(state))};
  if (state.suspended) return {};
  return {flows::send(
      of_payment(state, "suspend"),
      SuspendSubscription{.subscription_id = state.subscription_id, .reason = "unpaid"})};
}

}  // namespace

Steps react(PeriodPayment& state, const FirstPaymentDue& fact, const Heard& heard) {
  state.first = true;
  return begin(state, fact, heard);
}

Steps react(PeriodPayment& state, const RenewalDue& fact, const Heard& heard) {
  state.period_index = fact.period_index;
  return begin(state, fact, heard);
}

Steps react(PeriodPayment& state, const SubscriptionPaymentAttached& fact, const Heard&) {
  state.payment_id = fact.payment_id;
  state.money = Money::asked;
  state.captured = 0;
  state.lapsed = false;
  return {flows::follow<payment::PaymentIntentSchema>(state.payment_id)};
}

Steps react(PeriodPayment& state, const SubscriptionPaymentFailed&, const Heard& heard) {
  state.money = Money::none;
  if (!state.past_due_at) return {};
  return try_again(state, heard);
}

Steps react(PeriodPayment& state, const SubscriptionPastDue&, const Heard& heard) {
  state.past_due_at = heard.at;
  return try_again(state, heard);
}

Steps react(PeriodPayment& state, const SubscriptionSuspended&, const Heard&) {
  state.suspended = true;
  return {};
}

Steps react(PeriodPayment&, const SubscriptionActivated&, const Heard&) { return {flows::end()}; }
Steps react(PeriodPayment&, const SubscriptionRenewed&, const Heard&) { return {flows::end()}; }

Steps react(PeriodPayment& state, const SubscriptionCancelled&, const Heard&) {
  return give_up(state);
}
Steps react(PeriodPayment& state, const SubscriptionExpired&, const Heard&) {
  return give_up(state);
}

Steps react(PeriodPayment& state, const payment::PaymentBlocked& fact, const Heard& heard) {
  return failed(state, heard, fact.reason);
}

Steps react(PeriodPayment& state, const payment::PaymentDeclined& fact, const Heard& heard) {
  return failed(state, heard, fact.reason);
}

Steps react(PeriodPayment& state, const payment::PaymentVoided&, const Heard& heard) {
  return failed(state, heard, "voided");
}

Steps react(PeriodPayment& state, const payment::PaymentOutcomeUnknown&, const Heard& heard) {
  if (!concerns(state, heard)) return {};
  return {flows::stuck("subscription_money_unknown")};
}

Steps react(PeriodPayment& state, const payment::PaymentActionRequired&, const Heard& heard) {
  if (!concerns(state, heard)) return {};
  if (state.first || state.over) return {flows::unstuck()};  // that has an end of its own
  return {
      flows::unstuck(),
      flows::later(
          heard.at + action_time,
          of_payment(state, "act"),
          payment::VoidPayment{
              .payment_id = state.payment_id, .reason = "the customer did not act"})};
}

Steps react(PeriodPayment& state, const payment::PaymentAuthorized&, const Heard& heard) {
  if (!concerns(state, heard)) return {};
  if (state.over) return {flows::unstuck()};  // it is being voided
  return {flows::unstuck(), flows::forget(of_payment(state, "act")), capture(state, heard)};
}

Steps react(PeriodPayment& state, const payment::PaymentCaptured& fact, const Heard& heard) {
  if (!concerns(state, heard)) return {};
  state.captured += fact.amount;
  if (state.over) return {flows::unstuck(), refund(state, heard)};
  if (state.captured < state.amount)
    return {flows::unstuck(), state.lapsed ? refund(state, heard) : capture(state, heard)};
  state.money = Money::taken;
  return {flows::unstuck(), conclude(state, heard)};
}

Steps react(PeriodPayment& state, const payment::CaptureFailed&, const Heard& heard) {
  if (!concerns(state, heard)) return {};
  if (state.captured > 0) return {flows::unstuck(), refund(state, heard)};  // somebody took a part
  if (state.lapsed) return failed(state, heard, "authorization_expired");
  return {
      flows::unstuck(), let_go(state, of_fact(state, "void", heard), "it could not be captured")};
}

Steps react(PeriodPayment& state, const payment::AuthorizationExpired& fact, const Heard& heard) {
  if (!concerns(state, heard)) return {};
  state.lapsed = true;
  if (state.captured + fact.amount < state.amount) return {};  // the rest is being captured
  if (state.captured > 0) return {flows::unstuck(), refund(state, heard)};
  return failed(state, heard, "authorization_expired");
}

Steps react(PeriodPayment& state, const payment::VoidFailed&, const Heard& heard) {
  if (!concerns(state, heard)) return {};
  return {flows::stuck("subscription_void_failed")};
}

// When somebody gives a part back, the rest goes too, and the period is paid in another way.
Steps react(PeriodPayment& state, const payment::RefundSucceeded& fact, const Heard& heard) {
  if (!concerns(state, heard)) return {};
  state.captured -= fact.amount;
  if (state.captured > 0) return {flows::unstuck(), refund(state, heard)};
  return failed(state, heard, "refunded");
}

Steps react(PeriodPayment& state, const payment::RefundFailed&, const Heard& heard) {
  if (!concerns(state, heard)) return {};
  // It was in the way of renewing, and is not any more.
  if (!state.over && state.captured == state.amount)
    return {flows::unstuck(), conclude(state, heard)};
  return {flows::stuck("subscription_refund_failed")};
}

Steps react(PeriodPayment&, const Refused<PaySubscription>& refused, const Heard&) {
  // Another payment is under way, or has renewed it, or it is over: that is heard.
  if (refused.code.starts_with("subscription/")) return {};
  return {flows::stuck("subscription_payment_refused")};
}

// It was captured or voided a moment before, or has lapsed, which is heard.
Steps react(PeriodPayment&, const Refused<payment::CapturePayment>&, const Heard&) { return {}; }

Steps react(PeriodPayment&, const Refused<payment::VoidPayment>& refused, const Heard&) {
  // A capture was quicker; what becomes of it is heard.
  if (refused.code == "payment/already_captured") return {};
  return {flows::stuck("subscription_void_failed")};
}

Steps react(PeriodPayment&, const Refused<payment::RequestRefund>& refused, const Heard&) {
  // A capture, or somebody else's refund, is under way; what becomes of it is heard.
  if (refused.code == "payment/not_captured" || refused.code == "payment/exceeds_captured")
    return {};
  return {flows::stuck("subscription_refund_failed")};
}

namespace {

Steps not_concluded(const PeriodPayment& state, std::string_view code) {
  // It has ended meanwhile, and the money goes back.
  if (state.over || code == "subscription/not_due" || code == "subscription/not_pending") return {};
  // Somebody has said so a moment before, or is giving it back: that is heard.
  if (code == "subscription/period_already_renewed" || code == "payment/not_captured") return {};
  return {flows::stuck("subscription_conclusion_refused")};
}

}  // namespace

Steps react(PeriodPayment& state, const Refused<ActivateSubscription>& refused, const Heard&) {
  return not_concluded(state, refused.code);
}
Steps react(PeriodPayment& state, const Refused<RenewSubscription>& refused, const Heard&) {
  return not_concluded(state, refused.code);
}

Steps react(PeriodPayment&, const Refused<RecordPaymentFailure>& refused, const Heard&) {
  if (refused.code == "payment/payment_open") return {flows::stuck("subscription_payment_open")};
  return {};
}

// Another payment is under way, or has renewed it: that is heard.
Steps react(PeriodPayment&, const Refused<SuspendSubscription>&, const Heard&) { return {}; }

flows::FlowType period_payment() {
  using namespace payment;
  return flows::Builder<PeriodPayment>{"period_payment"}
      .begins<FirstPaymentDue>(first_instance)
      .begins<RenewalDue>(instance_of)
      .hears<SubscriptionPaymentAttached>(instance_of)
      .hears<SubscriptionPaymentFailed>(instance_of)
      .hears<SubscriptionPastDue>(instance_of)
      .hears<SubscriptionActivated>(instance_of)
      .hears<SubscriptionRenewed>(instance_of)
      .hears<SubscriptionSuspended, SubscriptionCancelled, SubscriptionExpired>()
      .hears<PaymentBlocked, PaymentOutcomeUnknown, PaymentActionRequired>()
      .hears<PaymentAuthorized, PaymentDeclined, PaymentCaptured, CaptureFailed>()
      .hears<PaymentVoided, VoidFailed, AuthorizationExpired>()
      .hears<RefundSucceeded, RefundFailed>()
      .refused<CapturePayment, VoidPayment, RequestRefund>()
      .refused<PaySubscription, ActivateSubscription, RenewSubscription>()
      .refused<RecordPaymentFailure, SuspendSubscription>()
      .build();
}

}  // namespace subscription
