// What may be done with plans, and who may subscribe to them.
#include "tests/dsl/together.hpp"
#include "tests/subscription/values.hpp"

using namespace subscription;
using dsl::Names;

namespace {

auto plan(auto... facts) { return dsl::given<PlanDecider>(facts...); }
auto code(auto... facts) { return dsl::given<PlanCodeDecider>(facts...); }
auto enrolment(auto... facts) { return dsl::given<EnrolmentDecider>(facts...); }

const PlanVersionAdded first{.plan_id = pro1, .version = 1};
const SubscriptionPlanDefined defined{.plan_code = pro, .version = 1, .terms = terms()};
const PlanSubscribed subscribed{.subscription_id = s1};
const RetireSubscriptionPlan retire{.plan_id = pro1};
const EnrolmentClaimed claimed{.subscription_id = s1, .trial = true};

ClaimEnrolment claim(const schemas::Id<"Subscription">& id, bool trial) {
  return {
      .enrolment_id = schemas::Id<"Enrolment">{"u-1~pro"}, .subscription_id = id, .trial = trial};
}

}  // namespace

TEST_SUITE("subscription: plans") {
  TEST_CASE("a code is taken once; each version has an id of its own") {
    code().when(define()).then(first);
    code(first).when(define()).then_refused(R::plan_code_taken);
    code(first)
        .repeatable()
        .when(ReviseSubscriptionPlan{.plan_code = pro, .terms = terms()})
        .then(PlanVersionAdded{.plan_id = pro2, .version = 2});
    code()
        .when(ReviseSubscriptionPlan{.plan_code = pro, .terms = terms()})
        .then_refused(R::not_found);
  }
  TEST_CASE("terms that make no sense are refused, in order of precedence") {
    auto wrong = terms(Interval::month, 0);
    wrong.trial_days = -1;
    wrong.price = -1;
    wrong.currency_code = "???";
    wrong.entitlements = {{.feature = "a"}, {.feature = "a"}};
    code().when(define(wrong)).then_refused(R::price_invalid);
    wrong.price = price_max + 1;
    code().when(define(wrong)).then_refused(R::price_invalid);
    wrong.price = price_max;
    code().when(define(wrong)).then_refused(R::currency_unknown);
    wrong.currency_code = "JPY";
    code().when(define(wrong)).then_refused(R::interval_invalid);
    wrong.interval_count = interval_count_max + 1;
    code().when(define(wrong)).then_refused(R::interval_invalid);
    wrong.interval_count = interval_count_max;
    code().when(define(wrong)).then_refused(R::trial_invalid);
    wrong.trial_days = trial_days_max;
    code().when(define(wrong)).then_refused(R::entitlements_invalid);
    wrong.entitlements = {{.feature = ""}};
    code().when(define(wrong)).then_refused(R::entitlements_invalid);
    wrong.entitlements.clear();
    code().when(define(wrong)).then(first);
  }
  TEST_CASE("a version that somebody is subscribed to is not retired") {
    plan(defined).when(retire).then(SubscriptionPlanRetired{});
    plan(defined, subscribed).when(retire).then_refused(R::plan_in_use, {{"subscriptions", 1}});
    plan(defined, subscribed, PlanLeft{.subscription_id = s1})
        .when(retire)
        .then(SubscriptionPlanRetired{});
    plan(defined, SubscriptionPlanRetired{}).when(retire).then_nothing();
    plan().when(retire).then_refused(R::not_found);
  }
  TEST_CASE("only the newest version is offered, until it is retired") {
    const SubscribeToPlan subscribe{.plan_id = pro1, .subscription_id = s1, .user_id = ann};
    plan(defined).repeatable().when(subscribe).then(subscribed);
    plan(defined, SubscriptionPlanRevised{.successor_id = pro2})
        .when(subscribe)
        .then_refused(R::plan_retired);
    plan(defined, SubscriptionPlanRetired{}).when(subscribe).then_refused(R::plan_retired);
    plan().when(subscribe).then_refused(R::not_found);
  }
  TEST_CASE("a plan's snapshot is the plan") {
    Plan state;
    evolve(state, defined);
    evolve(state, subscribed);
    evolve(state, SubscriptionPlanRevised{.successor_id = pro2});
    const auto again = from_snapshot(to_snapshot(state));
    CHECK(again.terms == state.terms);
    CHECK(again.plan_code == pro);
    CHECK(again.version == 1);
    CHECK(again.subscriptions == 1);
    CHECK(again.status == PlanStatus::revised);
  }
}

TEST_SUITE("subscription: enrolments") {
  TEST_CASE("one subscription at a time, and one trial ever") {
    enrolment().when(claim(s1, true)).then(claimed);
    enrolment(claimed).when(claim(s1, true)).then_nothing();
    enrolment(claimed).when(claim(s2, true)).then_refused(R::already_subscribed);
    const EnrolmentReleased released{.subscription_id = s1};
    enrolment(claimed, released).when(claim(s2, true)).then_refused(R::trial_already_used);
    enrolment(claimed, released)
        .when(claim(s2, false))
        .then(EnrolmentClaimed{.subscription_id = s2, .trial = false});
  }
  TEST_CASE("only the subscription that made the claim lets go of it") {
    const schemas::Id<"Enrolment"> id{"u-1~pro"};
    enrolment(claimed)
        .when(ReleaseEnrolment{.enrolment_id = id, .subscription_id = s1})
        .then(EnrolmentReleased{.subscription_id = s1});
    enrolment(claimed)
        .when(ReleaseEnrolment{.enrolment_id = id, .subscription_id = s2})
        .then_nothing();
  }
}

TEST_SUITE("subscription: in the same commit") {
  TEST_CASE_FIXTURE(dsl::Together, "a plan is revised: its successor begins, and it is not sold") {
    CHECK(run(define()) == Names{"PlanVersionAdded", "SubscriptionPlanDefined"});
    CHECK(
        run(ReviseSubscriptionPlan{.plan_code = pro, .terms = at_price(2100)}) ==
        Names{"PlanVersionAdded", "SubscriptionPlanRevised", "SubscriptionPlanDefined"});
    CHECK(run(start()) == Names{"subscription/plan_retired"});
    auto second = start();
    second.plan_id = pro2;
    run(second);
    CHECK(fact<SubscriptionTermsSet>().amount == 2100);
  }
  TEST_CASE_FIXTURE(dsl::Together, "a subscription starts with its plan's terms and a claim") {
    CHECK(run(start()) == Names{"not_found"});
    run(define());
    auto three = start();
    three.quantity = 3;
    CHECK(
        run(three) == Names{
                          "SubscriptionRequested",
                          "PlanSubscribed",
                          "EnrolmentClaimed",
                          "SubscriptionTermsSet",
                          "FirstPaymentDue"});
    CHECK(fact<SubscriptionTermsSet>().amount == 5700);
    CHECK(fact<SubscriptionTermsSet>().entitlements[0].limit == 15);
    CHECK_FALSE(fact<SubscriptionTermsSet>().entitlements[1].limit);
    CHECK(fact<FirstPaymentDue>().expires_at == now + hours{23});
    CHECK(run(three).empty());
    CHECK(run(start("UTC")) == Names{"subscription/already_exists"});
    CHECK(run(start("UTC", s2)) == Names{"subscription/already_subscribed"});
    CHECK(run(RetireSubscriptionPlan{.plan_id = pro1}) == Names{"subscription/plan_in_use"});
    CHECK(
        run(cancel(CancelTiming::now)) ==
        Names{"SubscriptionCancelled", "PlanLeft", "EnrolmentReleased"});
    CHECK(run(RetireSubscriptionPlan{.plan_id = pro1}) == Names{"SubscriptionPlanRetired"});
  }
  TEST_CASE_FIXTURE(dsl::Together, "a trial is had once, and may be done without") {
    run(define(with_trial(14)));
    CHECK(run(start()).back() == "TrialStarted");
    run(cancel(CancelTiming::now));
    CHECK(run(start("UTC", s2)) == Names{"subscription/trial_already_used"});
    auto without = start("UTC", s2);
    without.trial = false;
    CHECK(run(without).back() == "FirstPaymentDue");
  }
}
