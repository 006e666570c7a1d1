// How the periods of a subscription are paid.
#include <fmt/format.h>

#include "commands/subscription/subscription.hpp"
#include "schemas/payment.hpp"

namespace subscription {
namespace {

using kernel::nothing;
using Decision = SubscriptionDecision;
using Facts = Decision::Facts;
using Status = SubscriptionStatus;

// It has access, or had until its payments failed.
bool runs(const Subscription& subscription) {
  return subscription.status == Status::active || subscription.status == Status::trialing;
}
bool owes(const Subscription& subscription) {
  return subscription.status == Status::past_due || subscription.status == Status::suspended;
}

// Why no payment can be made for a period.
std::optional<Rejection> not_payable(const Subscription& subscription, std::int64_t index) {
  if (subscription.over()) return Rejection::already_cancelled;
  if (index < subscription.next_index) return Rejection::period_already_renewed;
  if (!subscription.wants_payment() || index > subscription.next_index) return Rejection::not_due;
  if (subscription.payment_id) return Rejection::payment_in_progress;
  return std::nullopt;
}

// Named after the period, so that whoever makes its nth payment makes the same one.
PaymentId next_payment(const Subscription& subscription, const PaySubscription& command) {
  return PaymentId{fmt::format(
      "{}~{}~{}", command.subscription_id.text(), command.period_index, subscription.tries + 1)};
}

}  // namespace

Decision decide(const Subscription& subscription, const PaySubscription& command) {
  if (const auto why = not_payable(subscription, command.period_index)) return *why;
  Facts facts;
  if (command.payment_method && command.payment_method != subscription.payment_method)
    facts.emplace_back(SubscriptionPaymentMethodChanged{*command.payment_method});
  facts.emplace_back(SubscriptionPaymentAttached{
      .period_index = command.period_index, .payment_id = next_payment(subscription, command)});
  return facts;
}

Decision decide(const Subscription& subscription, const AttachSubscriptionPayment& command) {
  if (subscription.payment_id == command.payment_id) return nothing;
  if (const auto why = not_payable(subscription, command.period_index)) return *why;
  if (command.currency_code != subscription.currency_code) return Rejection::currency_mismatch;
  if (command.amount != subscription.amount) return Rejection::amount_mismatch;
  return SubscriptionPaymentAttached{
      .period_index = command.period_index, .payment_id = command.payment_id};
}

Decision decide(const Subscription& subscription, const RecordPaymentFailure& command) {
  if (subscription.over() || subscription.failed == command.payment_id) return nothing;
  if (subscription.payment_id != command.payment_id) return Rejection::payment_mismatch;
  return SubscriptionPaymentFailed{
      .period_index = subscription.next_index,
      .payment_id = command.payment_id,
      .reason = command.reason};
}

Decision decide(const Subscription& subscription, const BeginRenewal& command, Time now) {
  if (subscription.over() || subscription.due || command.period_index < subscription.next_index)
    return nothing;
  if (subscription.status == Status::pending || command.period_index > subscription.next_index)
    return Rejection::not_due;
  if (now < subscription.next_start) return Rejection::too_early;
  if (subscription.ends_at) return Rejection::cancelled_at_end;
  if (!runs(subscription)) return nothing;  // it is paused
  return RenewalDue{
      .period_index = command.period_index,
      .period_start = subscription.next_start,
      .period_end = start_of(subscription.cycle, command.period_index + 1, subscription.time_zone),
      .amount = subscription.amount,
      .currency_code = subscription.currency_code};
}

Decision decide(const Subscription& subscription, const RenewSubscription& command) {
  if (command.period_index < subscription.next_index) return Rejection::period_already_renewed;
  if (!subscription.due || subscription.over() || command.period_index != subscription.due->index)
    return Rejection::not_due;
  if (subscription.payment_id != command.payment_id) return Rejection::payment_mismatch;
  if (!command.payment_id && subscription.amount > 0) return Rejection::payment_mismatch;
  return SubscriptionRenewed{
      .period_index = command.period_index,
      .payment_id = command.payment_id,
      .period_start = subscription.due->start,
      .period_end = subscription.due->end};
}

Decision decide(const Subscription& subscription, const MarkPastDue& command, Time now) {
  if (owes(subscription)) return nothing;
  if (!runs(subscription) || subscription.failed != command.payment_id || subscription.payment_id)
    return Rejection::state_conflict;
  return SubscriptionPastDue{
      .period_index = subscription.next_index,
      .payment_id = command.payment_id,
      .expires_at = now + unpaid_time};
}

Decision decide(const Subscription& subscription, const RecoverSubscription& command) {
  if (!owes(subscription) || subscription.due) return Rejection::state_conflict;
  return SubscriptionRecovered{.payment_id = command.payment_id};
}

Decision decide(const Subscription& subscription, const SuspendSubscription& command) {
  if (subscription.status == Status::suspended) return nothing;
  if (subscription.status != Status::past_due || subscription.payment_id)
    return Rejection::state_conflict;
  return SubscriptionSuspended{.reason = command.reason};
}

std::vector<engine::Step> together(
    const Subscription& subscription, const PaySubscription& command) {
  return {engine::step(payment::InitiatePayment{
      .payment_id = next_payment(subscription, command),
      .subscription_id = command.subscription_id,
      .period_index = command.period_index,
      .user_id = subscription.user_id,
      .amount = subscription.amount,
      .currency_code = subscription.currency_code,
      .payment_method = command.payment_method.value_or(subscription.payment_method)})};
}

std::vector<engine::Step> together(
    const Subscription& subscription, const RecordPaymentFailure& command) {
  std::vector<engine::Step> steps{
      engine::step(payment::RequireClosed{.payment_id = command.payment_id})};
  if (runs(subscription))
    steps.push_back(engine::step(
        MarkPastDue{.subscription_id = command.subscription_id, .payment_id = command.payment_id}));
  return steps;
}

std::vector<engine::Step> together(
    const Subscription& subscription, const RenewSubscription& command) {
  std::vector<engine::Step> steps;
  if (command.payment_id)
    steps.push_back(engine::step(payment::RequireCaptured{.payment_id = *command.payment_id}));
  if (owes(subscription))
    steps.push_back(engine::step(RecoverSubscription{
        .subscription_id = command.subscription_id, .payment_id = command.payment_id}));
  return steps;
}

}  // namespace subscription
