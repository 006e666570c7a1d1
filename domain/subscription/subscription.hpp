// Somebody's subscription to a version of a plan: which periods are paid, which one is due, and the
// one payment that may be under way for that. After every fact, all periods before `next_index` are
// paid or were skipped by a pause, and none from it on is.
//
// Its facts say when each period starts and ends, so this fold needs no zones: what was agreed on
// does not move when a zone's law does.
#pragma once

#include "domain/kernel/decider.hpp"
#include "domain/subscription/periods.hpp"

namespace subscription {

using PaymentId = schemas::Id<"PaymentIntent">;

struct Subscription {
  schemas::Id<"User"> user_id;
  schemas::Id<"Plan"> plan_id;
  schemas::Id<"PlanCode"> plan_code;
  std::int64_t quantity = 0;
  std::string payment_method;
  std::string time_zone;
  std::int64_t amount = 0;  // of a period
  std::string currency_code;
  Cycle cycle;
  SubscriptionStatus status = SubscriptionStatus::pending;
  Time expires_at;                      // unless what is due is paid
  std::int64_t next_index = 0;          // of the next period to be paid
  Time next_start;                      // when that begins
  std::optional<Period> due;            // that period, once it has begun
  std::optional<PaymentId> payment_id;  // under way
  std::optional<PaymentId> failed;      // the last one that came to nothing
  std::int64_t tries = 0;               // payments for that period so far
  std::optional<Time> ends_at;          // when it ends, if it was cancelled

  bool exists() const { return !user_id.empty(); }
  bool has_terms() const { return !currency_code.empty(); }
  bool over() const {
    return status == SubscriptionStatus::cancelled || status == SubscriptionStatus::expired;
  }
  // A payment for this period is wanted.
  bool wants_payment() const {
    return amount > 0 && (due.has_value() || status == SubscriptionStatus::pending);
  }
};

// Whether the subscriber may use what the plan grants.
inline bool grants_access(SubscriptionStatus status) {
  return status == SubscriptionStatus::trialing || status == SubscriptionStatus::active ||
         status == SubscriptionStatus::past_due;
}

void evolve(Subscription& subscription, const SubscriptionRequested& fact);
void evolve(Subscription& subscription, const SubscriptionTermsSet& fact);
void evolve(Subscription& subscription, const TrialStarted& fact);
void evolve(Subscription& subscription, const FirstPaymentDue& fact);
void evolve(Subscription& subscription, const SubscriptionPaymentMethodChanged& fact);
void evolve(Subscription& subscription, const SubscriptionPaymentAttached& fact);
void evolve(Subscription& subscription, const SubscriptionPaymentFailed& fact);
void evolve(Subscription& subscription, const SubscriptionActivated& fact);
void evolve(Subscription& subscription, const RenewalDue& fact);
void evolve(Subscription& subscription, const SubscriptionRenewed& fact);
void evolve(Subscription& subscription, const SubscriptionPastDue& fact);
void evolve(Subscription& subscription, const SubscriptionRecovered& fact);
void evolve(Subscription& subscription, const SubscriptionSuspended& fact);
void evolve(Subscription& subscription, const SubscriptionPaused& fact);
void evolve(Subscription& subscription, const SubscriptionResumed& fact);
void evolve(Subscription& subscription, const CancellationScheduled& fact);
void evolve(Subscription& subscription, const CancellationWithdrawn& fact);
void evolve(Subscription& subscription, const SubscriptionCancelled& fact);
void evolve(Subscription& subscription, const SubscriptionExpired& fact);

}  // namespace subscription
