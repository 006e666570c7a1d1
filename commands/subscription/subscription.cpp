#include "commands/subscription/subscription.hpp"

#include "schemas/payment.hpp"

namespace subscription {
namespace {

using kernel::nothing;
using Decision = SubscriptionDecision;
using Facts = Decision::Facts;
using Status = SubscriptionStatus;
using std::chrono::seconds;

bool same(const Subscription& subscription, const StartSubscription& command) {
  return subscription.user_id == command.user_id && subscription.plan_id == command.plan_id &&
         subscription.quantity == command.quantity &&
         subscription.payment_method == command.payment_method &&
         subscription.time_zone == command.time_zone;
}

// The grants of a plan for so many.
std::vector<Entitlement> times(std::int64_t quantity, std::vector<Entitlement> entitlements) {
  for (auto& entitlement : entitlements)
    if (entitlement.limit) *entitlement.limit *= quantity;
  return entitlements;
}

SubscriptionFact begin(
    const Subscription& subscription, std::int64_t amount, const AcceptTerms& command, Time now) {
  if (!command.trial)
    return FirstPaymentDue{
        .amount = amount,
        .currency_code = command.terms.currency_code,
        .expires_at = now + first_payment_time};
  const auto anchor =
      kernel::plus_days(kernel::on_the_wall(now, subscription.time_zone), command.terms.trial_days);
  return TrialStarted{
      .ends_at = kernel::instant_of(anchor, subscription.time_zone),
      .anchor = kernel::to_text(anchor)};
}

// Of the period that is under way or comes next, among those that are not paid.
Period unpaid_at(const Subscription& subscription, Time now) {
  const auto after = [&](std::int64_t index) {
    return start_of(subscription.cycle, index + 1, subscription.time_zone);
  };
  Period period{subscription.next_index, subscription.next_start, after(subscription.next_index)};
  while (period.end <= now) period = {period.index + 1, period.end, after(period.index + 1)};
  return period;
}

// Nobody has paid for what is under way, so there is no end of it to wait for.
bool ends_now(const Subscription& subscription, const CancelSubscription& command) {
  return command.timing == CancelTiming::now || subscription.status == Status::pending ||
         subscription.due.has_value();
}

// When it is over by itself.
std::optional<Time> end_of(const Subscription& subscription) {
  switch (subscription.status) {
    case Status::pending:
    case Status::past_due:
    case Status::suspended:
      return subscription.expires_at;
    case Status::cancelled:
    case Status::expired:
      return std::nullopt;
    default:
      return subscription.ends_at;
  }
}

std::vector<engine::Step> leave(
    const Subscription& subscription, const schemas::Id<"Subscription">& id) {
  return {engine::step(LeavePlan{
      .plan_id = subscription.plan_id, .subscription_id = id, .user_id = subscription.user_id})};
}

}  // namespace

Decision decide(const Subscription& subscription, const StartSubscription& command) {
  if (subscription.exists())
    return same(subscription, command) ? Decision{nothing} : Rejection::already_exists;
  if (command.quantity < 1 || command.quantity > quantity_max)
    return Rejection::quantity_out_of_range;
  if (!kernel::is_zone(command.time_zone)) return Rejection::zone_unknown;
  return SubscriptionRequested{
      .user_id = command.user_id,
      .plan_id = command.plan_id,
      .quantity = command.quantity,
      .payment_method = command.payment_method,
      .time_zone = command.time_zone};
}

Decision decide(const Subscription& subscription, const AcceptTerms& command, Time now) {
  if (subscription.has_terms()) return Rejection::state_conflict;
  const auto& terms = command.terms;
  const auto amount = terms.price * subscription.quantity;  // both are bounded
  return Facts{
      SubscriptionTermsSet{
          .plan_code = command.plan_code,
          .amount = amount,
          .currency_code = terms.currency_code,
          .interval = terms.interval,
          .interval_count = terms.interval_count,
          .entitlements = times(subscription.quantity, terms.entitlements)},
      begin(subscription, amount, command, now)};
}

Decision decide(const Subscription& subscription, const ActivateSubscription& command, Time now) {
  if (subscription.status != Status::pending) return Rejection::not_pending;
  if (subscription.payment_id != command.payment_id) return Rejection::payment_mismatch;
  if (!command.payment_id && subscription.amount > 0) return Rejection::payment_mismatch;
  auto cycle = subscription.cycle;
  cycle.anchor = kernel::on_the_wall(now, subscription.time_zone);
  return SubscriptionActivated{
      .payment_id = command.payment_id,
      .anchor = kernel::to_text(cycle.anchor),
      .period_index = 0,
      .period_start = std::chrono::floor<seconds>(now),
      .period_end = start_of(cycle, 1, subscription.time_zone)};
}

Decision decide(const Subscription& subscription, const PauseSubscription& command, Time now) {
  if (subscription.over()) return Rejection::already_cancelled;
  if (subscription.status == Status::paused) return nothing;
  if (subscription.status != Status::active || subscription.due) return Rejection::state_conflict;
  if (command.until <= now || command.until > now + pause_max) return Rejection::pause_limit;
  return SubscriptionPaused{.until = command.until};
}

Decision decide(const Subscription& subscription, const ResumeSubscription&, Time now) {
  if (subscription.over()) return Rejection::already_cancelled;
  if (subscription.status != Status::paused) return nothing;
  if (subscription.ends_at && *subscription.ends_at <= now) return Rejection::already_cancelled;
  const auto next = unpaid_at(subscription, now);
  return SubscriptionResumed{.period_index = next.index, .period_start = next.start};
}

Decision decide(const Subscription& subscription, const CancelSubscription& command) {
  if (subscription.over()) return Rejection::already_cancelled;
  if (ends_now(subscription, command)) return SubscriptionCancelled{.reason = command.reason};
  if (subscription.ends_at) return nothing;
  return CancellationScheduled{.ends_at = subscription.next_start, .reason = command.reason};
}

Decision decide(const Subscription& subscription, const ReactivateSubscription&, Time now) {
  if (subscription.over()) return Rejection::already_cancelled;
  if (!subscription.ends_at) return nothing;
  if (*subscription.ends_at <= now) return Rejection::already_cancelled;
  return CancellationWithdrawn{};
}

Decision decide(const Subscription& subscription, const ExpireSubscription&, Time now) {
  const auto end = end_of(subscription);
  if (!end) return nothing;
  if (now < *end) return Rejection::too_early;
  return SubscriptionExpired{};
}

std::vector<engine::Step> together(const Subscription&, const StartSubscription& command) {
  return {engine::step(SubscribeToPlan{
      .plan_id = command.plan_id,
      .subscription_id = command.subscription_id,
      .user_id = command.user_id,
      .trial = command.trial.value_or(true)})};
}

std::vector<engine::Step> together(const Subscription&, const ActivateSubscription& command) {
  if (!command.payment_id) return {};
  return {engine::step(payment::RequireCaptured{.payment_id = *command.payment_id})};
}

std::vector<engine::Step> together(
    const Subscription& subscription, const CancelSubscription& command) {
  if (!ends_now(subscription, command)) return {};
  return leave(subscription, command.subscription_id);
}

std::vector<engine::Step> together(
    const Subscription& subscription, const ExpireSubscription& command) {
  return leave(subscription, command.subscription_id);
}

}  // namespace subscription
