// What can be subscribed to. A plan is known by its code, "pro"; each of its versions, "pro~1", has
// terms that never change, so that whoever subscribed to one keeps what was agreed on. Only the
// newest version is offered, until it is retired.
#pragma once

#include "domain/kernel/decider.hpp"
#include "schemas/subscription.hpp"

namespace subscription {

struct PlanCode {
  std::int64_t version = 0;  // the newest
};

inline void evolve(PlanCode& code, const PlanVersionAdded& fact) { code.version = fact.version; }

struct Plan {
  schemas::Id<"PlanCode"> plan_code;
  std::int64_t version = 0;
  PlanTerms terms;
  PlanStatus status = PlanStatus::offered;
  std::int64_t subscriptions = 0;  // that have not ended

  bool exists() const { return version > 0; }
};

inline void evolve(Plan& plan, const SubscriptionPlanDefined& fact) {
  plan.plan_code = fact.plan_code;
  plan.version = fact.version;
  plan.terms = fact.terms;
}
inline void evolve(Plan& plan, const SubscriptionPlanRevised&) {
  plan.status = PlanStatus::revised;
}
inline void evolve(Plan& plan, const SubscriptionPlanRetired&) {
  plan.status = PlanStatus::retired;
}
inline void evolve(Plan& plan, const PlanSubscribed&) { ++plan.subscriptions; }
inline void evolve(Plan& plan, const PlanLeft&) { --plan.subscriptions; }

// Of a plan, the history is as long as it is popular; loading it starts from here.
inline PlanSnapshot to_snapshot(const Plan& plan) {
  return {
      .plan_code = plan.plan_code,
      .version = plan.version,
      .terms = plan.terms,
      .status = plan.status,
      .subscriptions = plan.subscriptions};
}
inline Plan from_snapshot(PlanSnapshot snapshot) {
  return {
      .plan_code = std::move(snapshot.plan_code),
      .version = snapshot.version,
      .terms = std::move(snapshot.terms),
      .status = snapshot.status,
      .subscriptions = snapshot.subscriptions};
}

}  // namespace subscription
