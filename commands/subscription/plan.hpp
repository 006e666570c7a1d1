// What may be done with plans, and who may subscribe to them.
#pragma once

#include "commands/engine/step.hpp"
#include "domain/subscription/enrolment.hpp"
#include "domain/subscription/plan.hpp"

namespace subscription {

using PlanCodeDecider = kernel::Decider<PlanCodeSchema, PlanCode>;
using PlanDecider = kernel::Decider<PlanSchema, Plan>;
using EnrolmentDecider = kernel::Decider<EnrolmentSchema, Enrolment>;

inline constexpr std::int64_t price_max = 1'000'000'000'000;
inline constexpr std::int64_t interval_count_max = 366;
inline constexpr std::int64_t trial_days_max = 730;
inline constexpr std::size_t entitlements_max = 100;

PlanCodeDecider::Decision decide(const PlanCode& code, const DefineSubscriptionPlan& command);
PlanCodeDecider::Decision decide(const PlanCode& code, const ReviseSubscriptionPlan& command);

PlanDecider::Decision decide(const Plan& plan, const IssuePlanVersion& command);
PlanDecider::Decision decide(const Plan& plan, const SupersedePlanVersion& command);
PlanDecider::Decision decide(const Plan& plan, const RetireSubscriptionPlan& command);
PlanDecider::Decision decide(const Plan& plan, const SubscribeToPlan& command);
PlanDecider::Decision decide(const Plan& plan, const LeavePlan& command);

EnrolmentDecider::Decision decide(const Enrolment& enrolment, const ClaimEnrolment& command);
EnrolmentDecider::Decision decide(const Enrolment& enrolment, const ReleaseEnrolment& command);

// A version begins in the commit that says there is one.
std::vector<engine::Step> together(const PlanCode& code, const DefineSubscriptionPlan& command);
std::vector<engine::Step> together(const PlanCode& code, const ReviseSubscriptionPlan& command);
// The subscriber's claim, then the plan's terms for the subscription.
std::vector<engine::Step> together(const Plan& plan, const SubscribeToPlan& command);
std::vector<engine::Step> together(const Plan& plan, const LeavePlan& command);

}  // namespace subscription
