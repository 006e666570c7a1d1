// Values with names, for the tests of this context.
#pragma once

#include <cstdlib>
#include <random>

#include "commands/subscription/plan.hpp"
#include "commands/subscription/subscription.hpp"
#include "tests/dsl/scenario.hpp"

namespace subscription {

using R = Rejection;
using S = SubscriptionStatus;
using std::chrono::days;
using std::chrono::hours;
using std::chrono::minutes;

inline const schemas::Id<"Subscription"> s1{"s-1"}, s2{"s-2"};
inline const schemas::Id<"User"> ann{"u-1"};
inline const schemas::Id<"PlanCode"> pro{"pro"};
inline const schemas::Id<"Plan"> pro1{"pro~1"}, pro2{"pro~2"};

inline PaymentId pay(int period, int attempt = 1) {
  return PaymentId{"s-1~" + std::to_string(period) + '~' + std::to_string(attempt)};
}

// An instant in UTC, "2026-01-31T10:00:00".
inline Time at(std::string_view utc) {
  return Time{kernel::read_local_time(utc).time_since_epoch()};
}

inline PlanTerms terms(Interval interval = Interval::month, std::int64_t count = 1) {
  return {
      .name = "Professional",
      .audience = Audience::user,
      .tier_rank = 2,
      .price = 1900,
      .currency_code = "EUR",
      .interval = interval,
      .interval_count = count,
      .trial_days = 0,
      .entitlements = {{.feature = "projects", .limit = 5}, {.feature = "support"}}};
}
inline PlanTerms with_trial(std::int64_t trial_days, PlanTerms terms = subscription::terms()) {
  terms.trial_days = trial_days;
  return terms;
}
inline PlanTerms at_price(std::int64_t price, PlanTerms terms = subscription::terms()) {
  terms.price = price;
  return terms;
}

inline DefineSubscriptionPlan define(PlanTerms terms = subscription::terms()) {
  return {.plan_code = pro, .terms = std::move(terms)};
}

inline StartSubscription start(
    std::string zone = "Europe/Berlin", schemas::Id<"Subscription"> id = s1) {
  return {
      .subscription_id = std::move(id),
      .user_id = ann,
      .plan_id = pro1,
      .quantity = 1,
      .payment_method = "test_ok",
      .time_zone = std::move(zone)};
}

inline ActivateSubscription activate(std::optional<PaymentId> id = pay(0)) {
  return {.subscription_id = s1, .payment_id = std::move(id)};
}
inline BeginRenewal begin(std::int64_t index) {
  return {.subscription_id = s1, .period_index = index};
}
inline RenewSubscription renew(int index, std::optional<PaymentId> id) {
  return {.subscription_id = s1, .period_index = index, .payment_id = std::move(id)};
}
inline RenewSubscription renew(int index) { return renew(index, pay(index)); }
inline PaySubscription pay_for(std::int64_t index, std::optional<std::string> method = {}) {
  return {.subscription_id = s1, .period_index = index, .payment_method = std::move(method)};
}
inline RecordPaymentFailure fail(const PaymentId& id) {
  return {.subscription_id = s1, .payment_id = id, .reason = "no_funds"};
}
inline CancelSubscription cancel(CancelTiming timing) {
  return {.subscription_id = s1, .timing = timing, .reason = "mistake"};
}
inline const ReactivateSubscription reactivate{.subscription_id = s1};
inline PauseSubscription pause(Time until) { return {.subscription_id = s1, .until = until}; }
inline const ResumeSubscription resume{.subscription_id = s1};
inline const ExpireSubscription expire{.subscription_id = s1};

}  // namespace subscription
