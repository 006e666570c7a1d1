#include "domain/subscription/subscription.hpp"

namespace subscription {
namespace {

using Status = SubscriptionStatus;

// The period is paid; the next one begins where it ends.
void paid(Subscription& subscription, std::int64_t index, Time end) {
  subscription.next_index = index + 1;
  subscription.next_start = end;
  subscription.due.reset();
  subscription.payment_id.reset();
  subscription.failed.reset();
  subscription.tries = 0;
}

}  // namespace

void evolve(Subscription& subscription, const SubscriptionRequested& fact) {
  subscription.user_id = fact.user_id;
  subscription.plan_id = fact.plan_id;
  subscription.quantity = fact.quantity;
  subscription.payment_method = fact.payment_method;
  subscription.time_zone = fact.time_zone;
}

void evolve(Subscription& subscription, const SubscriptionTermsSet& fact) {
  subscription.plan_code = fact.plan_code;
  subscription.amount = fact.amount;
  subscription.currency_code = fact.currency_code;
  subscription.cycle.interval = fact.interval;
  subscription.cycle.interval_count = fact.interval_count;
}

void evolve(Subscription& subscription, const TrialStarted& fact) {
  subscription.status = Status::trialing;
  subscription.cycle.anchor = kernel::read_local_time(fact.anchor);
  subscription.next_start = fact.ends_at;
}

void evolve(Subscription& subscription, const FirstPaymentDue& fact) {
  subscription.expires_at = fact.expires_at;
}

void evolve(Subscription& subscription, const SubscriptionPaymentMethodChanged& fact) {
  subscription.payment_method = fact.payment_method;
}

void evolve(Subscription& subscription, const SubscriptionPaymentAttached& fact) {
  subscription.payment_id = fact.payment_id;
  ++subscription.tries;
}

void evolve(Subscription& subscription, const SubscriptionPaymentFailed& fact) {
  subscription.payment_id.reset();
  subscription.failed = fact.payment_id;
}

void evolve(Subscription& subscription, const SubscriptionActivated& fact) {
  subscription.status = Status::active;
  subscription.cycle.anchor = kernel::read_local_time(fact.anchor);
  paid(subscription, fact.period_index, fact.period_end);
}

void evolve(Subscription& subscription, const RenewalDue& fact) {
  subscription.due = Period{fact.period_index, fact.period_start, fact.period_end};
}

void evolve(Subscription& subscription, const SubscriptionRenewed& fact) {
  if (subscription.status == Status::trialing) subscription.status = Status::active;
  paid(subscription, fact.period_index, fact.period_end);
}

void evolve(Subscription& subscription, const SubscriptionPastDue& fact) {
  subscription.status = Status::past_due;
  subscription.expires_at = fact.expires_at;
}

void evolve(Subscription& subscription, const SubscriptionRecovered&) {
  subscription.status = Status::active;
}

void evolve(Subscription& subscription, const SubscriptionSuspended&) {
  subscription.status = Status::suspended;
}

void evolve(Subscription& subscription, const SubscriptionPaused&) {
  subscription.status = Status::paused;
}

void evolve(Subscription& subscription, const SubscriptionResumed& fact) {
  subscription.status = Status::active;
  subscription.next_index = fact.period_index;
  subscription.next_start = fact.period_start;
}

void evolve(Subscription& subscription, const CancellationScheduled& fact) {
  subscription.ends_at = fact.ends_at;
}

void evolve(Subscription& subscription, const CancellationWithdrawn&) {
  subscription.ends_at.reset();
}

void evolve(Subscription& subscription, const SubscriptionCancelled&) {
  subscription.status = Status::cancelled;
}

void evolve(Subscription& subscription, const SubscriptionExpired&) {
  subscription.status = Status::expired;
}

}  // namespace subscription
