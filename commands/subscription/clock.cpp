#include "commands/subscription/clock.hpp"

namespace subscription {
namespace {

using schemas::Time;
using Id = schemas::Id<"Subscription">;

// A timer that takes the place of the one before. Its name is new each time, since a timer of the
// same name and time is the same command, and would get its answer.
template <class Command>
Steps instead_of(
    std::string& timer,
    Time due,
    std::string_view name,
    const Heard& heard,
    const Command& command) {
  Steps steps{flows::forget(timer)};
  timer = std::string{name} + '~' + std::to_string(heard.version);
  steps.push_back(flows::later(due, timer, command));
  return steps;
}

Steps renew_at(SubscriptionClock& clock, Time due, std::int64_t index, const Heard& heard) {
  return instead_of(
      clock.renewal,
      due,
      "renew",
      heard,
      BeginRenewal{.subscription_id = Id{heard.id}, .period_index = index});
}

Steps end_at(SubscriptionClock& clock, Time due, const Heard& heard) {
  return instead_of(
      clock.end, due, "end", heard, ExpireSubscription{.subscription_id = Id{heard.id}});
}

}  // namespace

Steps react(SubscriptionClock&, const SubscriptionRequested&, const Heard&) { return {}; }

Steps react(SubscriptionClock& clock, const FirstPaymentDue& fact, const Heard& heard) {
  return end_at(clock, fact.expires_at, heard);
}

Steps react(SubscriptionClock& clock, const TrialStarted& fact, const Heard& heard) {
  return renew_at(clock, fact.ends_at, 0, heard);
}

Steps react(SubscriptionClock& clock, const SubscriptionActivated& fact, const Heard& heard) {
  auto steps = renew_at(clock, fact.period_end, fact.period_index + 1, heard);
  steps.push_back(flows::forget(clock.end));
  return steps;
}

Steps react(SubscriptionClock& clock, const SubscriptionRenewed& fact, const Heard& heard) {
  return renew_at(clock, fact.period_end, fact.period_index + 1, heard);
}

Steps react(SubscriptionClock& clock, const SubscriptionPastDue& fact, const Heard& heard) {
  return end_at(clock, fact.expires_at, heard);
}

Steps react(SubscriptionClock& clock, const SubscriptionRecovered&, const Heard&) {
  return {flows::forget(clock.end)};
}

Steps react(SubscriptionClock& clock, const SubscriptionPaused& fact, const Heard& heard) {
  return instead_of(
      clock.resumption,
      fact.until,
      "resume",
      heard,
      ResumeSubscription{.subscription_id = Id{heard.id}});
}

Steps react(SubscriptionClock& clock, const SubscriptionResumed& fact, const Heard& heard) {
  auto steps = renew_at(clock, fact.period_start, fact.period_index, heard);
  steps.push_back(flows::forget(clock.resumption));
  return steps;
}

Steps react(SubscriptionClock& clock, const CancellationScheduled& fact, const Heard& heard) {
  return end_at(clock, fact.ends_at, heard);
}

Steps react(SubscriptionClock& clock, const CancellationWithdrawn&, const Heard&) {
  return {flows::forget(clock.end)};
}

Steps react(SubscriptionClock&, const SubscriptionCancelled&, const Heard&) {
  return {flows::end()};
}

Steps react(SubscriptionClock&, const SubscriptionExpired&, const Heard&) { return {flows::end()}; }

// It ends with the period instead, for which there is another timer.
Steps react(SubscriptionClock&, const flows::Refused<BeginRenewal>& refused, const Heard&) {
  if (refused.code == "subscription/cancelled_at_end") return {};
  return {flows::stuck("subscription_renewal_refused")};
}

// It was cancelled, and ends while it is paused.
Steps react(SubscriptionClock&, const flows::Refused<ResumeSubscription>&, const Heard&) {
  return {};
}

flows::FlowType subscription_clock() {
  return flows::Builder<SubscriptionClock>{"subscription_clock"}
      .begins<SubscriptionRequested>()
      .hears<FirstPaymentDue, TrialStarted, SubscriptionActivated, SubscriptionRenewed>()
      .hears<SubscriptionPastDue, SubscriptionRecovered>()
      .hears<SubscriptionPaused, SubscriptionResumed>()
      .hears<CancellationScheduled, CancellationWithdrawn>()
      .hears<SubscriptionCancelled, SubscriptionExpired>()
      .refused<BeginRenewal, ResumeSubscription>()
      .build();
}

}  // namespace subscription
