#include "projections/subscription/subscriptions.hpp"

#include <doctest/doctest.h>

#include "tests/views/folded.hpp"

using namespace subscription;
using Keys = std::vector<std::string>;
using S = SubscriptionStatus;
using std::chrono::days;

namespace {

const auto p1 = folded::epoch + days{30}, p2 = folded::epoch + days{60};
const schemas::Id<"PaymentIntent"> payment1{"s-1~1~1"};

PlanTerms terms(std::int64_t rank = 1) {
  return {
      .name = "Professional",
      .tier_rank = rank,
      .price = 1900,
      .currency_code = "EUR",
      .interval = Interval::month,
      .interval_count = 1,
      .entitlements = {{.feature = "projects", .limit = 5}, {.feature = "support"}}};
}

struct View : folded::View {
  View() : folded::View{subscriptions_view()} {}

  template <class Fact>
  View& tell(const Fact& fact, const std::string& id = "s-1") {
    add("subscription/Subscription/" + id, fact);
    return *this;
  }
  View& plan(const std::string& code, std::int64_t rank) {
    add("subscription/Plan/" + code + "~1",
        SubscriptionPlanDefined{
            .plan_code = schemas::Id<"PlanCode">{code}, .version = 1, .terms = terms(rank)});
    return *this;
  }
  View& begin(const std::string& id = "s-1", const std::string& user = "u-1") {
    tell(
        SubscriptionRequested{
            .user_id = schemas::Id<"User">{user},
            .plan_id = schemas::Id<"Plan">{"pro~1"},
            .quantity = 1,
            .payment_method = "test_ok",
            .time_zone = "UTC"},
        id);
    return tell(
        SubscriptionTermsSet{
            .amount = 1900, .currency_code = "EUR", .entitlements = terms().entitlements},
        id);
  }
  View& activate(const std::string& id = "s-1", schemas::Time end = p1) {
    return tell(
        SubscriptionActivated{.period_index = 0, .period_start = folded::epoch, .period_end = end},
        id);
  }
  View& fall_due() {
    return tell(RenewalDue{.period_index = 1, .period_start = p1, .period_end = p2})
        .tell(SubscriptionPaymentAttached{.period_index = 1, .payment_id = payment1});
  }
  View& miss() {
    return fall_due()
        .tell(SubscriptionPaymentFailed{
            .period_index = 1, .payment_id = payment1, .reason = "no_funds"})
        .tell(SubscriptionPastDue{
            .period_index = 1, .payment_id = payment1, .expires_at = p1 + days{21}});
  }

  SubscriptionRow shown() const { return row(subscriptions, "s-1").value(); }
  // What u-1 may use.
  Keys granted() const { return index("entitlements", "user_id+feature"); }
};
const Keys all{"s-1~projects", "s-1~support"}, none;

}  // namespace

TEST_SUITE("views: subscriptions") {
  TEST_CASE("a row shows the period that is paid, the next one, and its payment") {
    View view;
    view.begin();
    CHECK(view.shown().status == S::pending);
    CHECK_FALSE(view.shown().renews_at);
    view.activate();
    CHECK(view.shown().status == S::active);
    CHECK(view.shown().period_index == 0);
    CHECK(view.shown().current_period_end == p1);
    CHECK(view.shown().next_period_index == 1);
    CHECK(view.shown().renews_at == p1);
    view.fall_due();
    CHECK(view.shown().payment_id == payment1);
    view.tell(SubscriptionRenewed{
        .period_index = 1, .payment_id = payment1, .period_start = p1, .period_end = p2});
    CHECK(view.shown().period_index == 1);
    CHECK(view.shown().current_period_start == p1);
    CHECK(view.shown().renews_at == p2);
    CHECK_FALSE(view.shown().payment_id);
  }
  TEST_CASE("entitlements follow the status, through the grace of what is past due") {
    View view;
    view.begin();
    CHECK(view.granted() == none);
    SUBCASE("of one that is paid") {
      view.activate();
      CHECK(view.granted() == all);
      CHECK(view.row(entitlements, "s-1~projects")->limit == 5);
      CHECK_FALSE(view.row(entitlements, "s-1~support")->limit);
      SUBCASE("and then is not") {
        view.miss();
        CHECK(view.shown().status == S::past_due);
        CHECK(view.shown().payment_failure == "no_funds");
        CHECK(view.shown().expires_at == p1 + days{21});
        CHECK(view.index("subscriptions", "renewing:status+renews_at") == Keys{"s-1"});
        CHECK(view.granted() == all);
        view.tell(SubscriptionSuspended{.reason = "unpaid"});
        CHECK(view.granted() == none);
        SUBCASE("and is again") {
          view.tell(SubscriptionRenewed{.period_index = 1, .period_start = p1, .period_end = p2})
              .tell(SubscriptionRecovered{});
          CHECK(view.shown().status == S::active);
          CHECK_FALSE(view.shown().expires_at);
          CHECK_FALSE(view.shown().reason);
          CHECK(view.granted() == all);
        }
        SUBCASE("for good") {
          view.tell(SubscriptionExpired{});
          CHECK(view.shown().status == S::expired);
          CHECK(view.granted() == none);
        }
      }
      SUBCASE("and paused") {
        view.tell(SubscriptionPaused{.until = p2});
        CHECK(view.granted() == none);
        view.tell(SubscriptionResumed{.period_index = 2, .period_start = p2});
        CHECK(view.granted() == all);
        CHECK(view.shown().next_period_index == 2);
      }
      SUBCASE("and cancelled") {
        view.tell(CancellationScheduled{.ends_at = p1, .reason = "mistake"});
        CHECK(view.granted() == all);
        CHECK(view.shown().ends_at == p1);
        view.tell(SubscriptionCancelled{.reason = "mistake"});
        CHECK(view.granted() == none);
      }
    }
    SUBCASE("of a trial") {
      view.tell(TrialStarted{.ends_at = p1});
      CHECK(view.shown().trial_ends_at == p1);
      CHECK(view.granted() == all);
    }
  }
  TEST_CASE("those that will be renewed are listed by when, and those that will not are not") {
    View view;
    view.begin("a").activate("a", p2).begin("b").activate("b", p1).begin("c");
    CHECK(view.index("subscriptions", "renewing:renews_at") == Keys{"b", "a"});
    view.tell(CancellationScheduled{.ends_at = p1, .reason = "mistake"}, "b");
    CHECK(view.index("subscriptions", "renewing:renews_at") == Keys{"a"});
    view.tell(CancellationWithdrawn{}, "b").tell(SubscriptionPaused{.until = p2}, "a");
    CHECK(view.index("subscriptions", "renewing:renews_at") == Keys{"b"});
  }
  TEST_CASE("subscriptions are listed by user and status, plans by rank") {
    View view;
    view.begin("a", "u-2").begin("b", "u-1").begin("c", "u-1").activate("b");
    CHECK(view.index("subscriptions", "user_id+created_at") == Keys{"b", "c", "a"});
    CHECK(view.index("subscriptions", "user_id+status+created_at") == Keys{"c", "b", "a"});
    view.plan("pro", 2).plan("basic", 1);
    CHECK(view.index("plans", "audience+tier_rank") == Keys{"basic~1", "pro~1"});
    view.add(
        "subscription/Plan/pro~1",
        SubscriptionPlanRevised{.successor_id = schemas::Id<"Plan">{"pro~2"}});
    CHECK(view.row(plans, "pro~1")->status == PlanStatus::revised);
    CHECK(view.index("plans", "status+tier_rank") == Keys{"basic~1", "pro~1"});
  }
}
