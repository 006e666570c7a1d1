// A user and a plan, whichever its version: one subscription at a time, and one trial ever.
#pragma once

#include "domain/kernel/decider.hpp"
#include "schemas/subscription.hpp"

namespace subscription {

struct Enrolment {
  std::optional<schemas::Id<"Subscription">> subscription_id;  // that has not ended
  bool trial_used = false;
};

inline void evolve(Enrolment& enrolment, const EnrolmentClaimed& fact) {
  enrolment.subscription_id = fact.subscription_id;
  enrolment.trial_used |= fact.trial;
}
inline void evolve(Enrolment& enrolment, const EnrolmentReleased&) {
  enrolment.subscription_id.reset();
}

inline schemas::Id<"Enrolment"> enrolment_of(
    const schemas::Id<"User">& user, const schemas::Id<"PlanCode">& plan) {
  return schemas::Id<"Enrolment">{user.text() + '~' + plan.text()};
}

}  // namespace subscription
