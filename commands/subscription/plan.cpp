#include "commands/subscription/plan.hpp"

#include <algorithm>
#include <set>

#include "domain/kernel/currency.hpp"

namespace subscription {
namespace {

using kernel::nothing;

schemas::Id<"Plan"> plan_of(const schemas::Id<"PlanCode">& code, std::int64_t version) {
  return schemas::Id<"Plan">{code.text() + '~' + std::to_string(version)};
}

template <class Number>
bool between(Number low, Number value, Number high) {
  return low <= value && value <= high;
}

std::optional<Rejection> wrong_with(const PlanTerms& terms) {
  if (!between<std::int64_t>(0, terms.price, price_max)) return Rejection::price_invalid;
  if (!kernel::is_currency(terms.currency_code)) return Rejection::currency_unknown;
  if (!between<std::int64_t>(1, terms.interval_count, interval_count_max))
    return Rejection::interval_invalid;
  if (!between<std::int64_t>(0, terms.trial_days, trial_days_max)) return Rejection::trial_invalid;
  std::set<std::string> features;
  const bool sound = std::ranges::all_of(terms.entitlements, [&](const Entitlement& entitlement) {
    return !entitlement.feature.empty() && features.insert(entitlement.feature).second;
  });
  if (!sound || terms.entitlements.size() > entitlements_max)
    return Rejection::entitlements_invalid;
  return std::nullopt;
}

PlanVersionAdded next_version(const PlanCode& code, const schemas::Id<"PlanCode">& id) {
  return {.plan_id = plan_of(id, code.version + 1), .version = code.version + 1};
}

template <class Command>
engine::Step issue(const Command& command, std::int64_t version) {
  return engine::step(IssuePlanVersion{
      .plan_id = plan_of(command.plan_code, version),
      .plan_code = command.plan_code,
      .version = version,
      .terms = command.terms});
}

}  // namespace

PlanCodeDecider::Decision decide(const PlanCode& code, const DefineSubscriptionPlan& command) {
  if (code.version > 0) return Rejection::plan_code_taken;
  if (const auto wrong = wrong_with(command.terms)) return *wrong;
  return next_version(code, command.plan_code);
}

PlanCodeDecider::Decision decide(const PlanCode& code, const ReviseSubscriptionPlan& command) {
  if (const auto wrong = wrong_with(command.terms)) return *wrong;
  return next_version(code, command.plan_code);
}

PlanDecider::Decision decide(const Plan& plan, const IssuePlanVersion& command) {
  if (plan.exists()) return Rejection::already_exists;
  return SubscriptionPlanDefined{
      .plan_code = command.plan_code, .version = command.version, .terms = command.terms};
}

PlanDecider::Decision decide(const Plan& plan, const SupersedePlanVersion& command) {
  if (plan.status != PlanStatus::offered) return nothing;
  return SubscriptionPlanRevised{.successor_id = command.successor_id};
}

PlanDecider::Decision decide(const Plan& plan, const RetireSubscriptionPlan&) {
  if (plan.status == PlanStatus::retired) return nothing;
  if (plan.subscriptions > 0)
    return kernel::Refused{Rejection::plan_in_use, {{"subscriptions", plan.subscriptions}}};
  return SubscriptionPlanRetired{};
}

PlanDecider::Decision decide(const Plan& plan, const SubscribeToPlan& command) {
  if (plan.status != PlanStatus::offered) return Rejection::plan_retired;
  return PlanSubscribed{.subscription_id = command.subscription_id};
}

PlanDecider::Decision decide(const Plan&, const LeavePlan& command) {
  return PlanLeft{.subscription_id = command.subscription_id};
}

EnrolmentDecider::Decision decide(const Enrolment& enrolment, const ClaimEnrolment& command) {
  if (enrolment.subscription_id == command.subscription_id) return nothing;
  if (enrolment.subscription_id) return Rejection::already_subscribed;
  if (command.trial && enrolment.trial_used) return Rejection::trial_already_used;
  return EnrolmentClaimed{.subscription_id = command.subscription_id, .trial = command.trial};
}

EnrolmentDecider::Decision decide(const Enrolment& enrolment, const ReleaseEnrolment& command) {
  if (enrolment.subscription_id != command.subscription_id) return nothing;
  return EnrolmentReleased{.subscription_id = command.subscription_id};
}

std::vector<engine::Step> together(const PlanCode&, const DefineSubscriptionPlan& command) {
  return {issue(command, 1)};
}

std::vector<engine::Step> together(const PlanCode& code, const ReviseSubscriptionPlan& command) {
  return {
      engine::step(SupersedePlanVersion{
          .plan_id = plan_of(command.plan_code, code.version),
          .successor_id = plan_of(command.plan_code, code.version + 1)}),
      issue(command, code.version + 1)};
}

std::vector<engine::Step> together(const Plan& plan, const SubscribeToPlan& command) {
  const bool trial = command.trial && plan.terms.trial_days > 0;
  return {
      engine::step(ClaimEnrolment{
          .enrolment_id = enrolment_of(command.user_id, plan.plan_code),
          .subscription_id = command.subscription_id,
          .trial = trial}),
      engine::step(AcceptTerms{
          .subscription_id = command.subscription_id,
          .plan_code = plan.plan_code,
          .terms = plan.terms,
          .trial = trial})};
}

std::vector<engine::Step> together(const Plan& plan, const LeavePlan& command) {
  return {engine::step(ReleaseEnrolment{
      .enrolment_id = enrolment_of(command.user_id, plan.plan_code),
      .subscription_id = command.subscription_id})};
}

}  // namespace subscription
