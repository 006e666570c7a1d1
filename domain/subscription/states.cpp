#include "domain/fold/states.hpp"

#include "domain/subscription/enrolment.hpp"
#include "domain/subscription/plan.hpp"
#include "domain/subscription/subscription.hpp"

namespace subscription {

void states(fold::States& states) {
  states.add<PlanCodeSchema, PlanCode>();
  states.add<PlanSchema, Plan>();
  states.add<EnrolmentSchema, Enrolment>();
  states.add<SubscriptionSchema, Subscription>();
}

}  // namespace subscription
