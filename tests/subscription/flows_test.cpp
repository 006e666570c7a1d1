// Subscriptions from end to end, in memory: their clock, the payments of their periods, and a
// payment gateway over a bad line.
#include "tests/subscription/subscriber.hpp"

using namespace subscription;
using dsl::Names;
using payment::Bank;
using payment::GatewayOutcome;

namespace {

constexpr auto good = [] { return Bank::Line::good; };
constexpr auto answer_lost = [] { return Bank::Line::answer_lost; };

// Active since the 18th of December 2025, at midnight and some microseconds, by the month.
struct Active : Subscriber {
  Active() {
    platform.settle();
    REQUIRE(status() == S::active);
  }
  const Time p1 = at("2026-01-18T00:00:00"), p2 = at("2026-02-18T00:00:00");
};
// The next period cannot be paid so far.
struct PastDue : Active {
  PastDue() {
    bank.next = GatewayOutcome::declined;
    advance_to(p1 + minutes{1});
    REQUIRE(status() == S::past_due);
  }
};

}  // namespace

TEST_SUITE("subscription: start, from end to end") {
  TEST_CASE_FIXTURE(Subscriber, "it is active when its first payment is made") {
    platform.settle();
    CHECK(status() == S::active);
    CHECK(payments() == Names{"s-1~0~1"});
    CHECK(kept() == 1900);
    CHECK(paid(0));
    platform.advance(days{2});  // past the 23 hours
    CHECK(status() == S::active);
    CHECK(told("SubscriptionActivated") == 1);
  }
  TEST_CASE_FIXTURE(Subscriber, "when its payment is declined, there are 23 hours for another") {
    bank.next = GatewayOutcome::declined;
    platform.settle();
    CHECK(status() == S::pending);
    SUBCASE("which is made, in another way, that is kept") {
      bank.next = GatewayOutcome::authorized;
      platform.post(pay_for(0, "card_2"));
      platform.settle();
      CHECK(status() == S::active);
      CHECK(payments() == Names{"s-1~0~1", "s-1~0~2"});
      CHECK(state().payment_method == "card_2");
      CHECK(kept() == 1900);
    }
    SUBCASE("or not: it expires, and the user may start another") {
      platform.advance(hours{23});
      CHECK(status() == S::expired);
      CHECK(paid(0));
      CHECK(platform.post(start("UTC", s2)).front() == "SubscriptionRequested");
    }
  }
  TEST_CASE_FIXTURE(Subscriber, "what the customer does not act on expires with it") {
    bank.next = GatewayOutcome::action_required;
    platform.settle();
    platform.advance(hours{23});
    CHECK(status() == S::expired);
    CHECK(paid(0));
    CHECK(bank.total().held == 0);
    CHECK_FALSE(bank.customer_acts("s-1~0~1~authorization~1", GatewayOutcome::authorized));
  }
  TEST_CASE("what costs nothing is never paid, and renewed all the same") {
    Subscriber free{at_price(0)};
    free.platform.settle();
    CHECK(free.status() == S::active);
    free.advance_to(at("2026-03-20T00:00:00"));
    CHECK(free.renewals().size() == 3);
    CHECK(free.bank.events().empty());
  }
  TEST_CASE("a trial is paid when it ends") {
    Subscriber trying{with_trial(14)};
    trying.platform.advance(days{13});
    CHECK(trying.status() == S::trialing);
    CHECK(trying.bank.events().empty());
    trying.platform.advance(days{1});
    CHECK(trying.status() == S::active);
    REQUIRE(trying.renewals().size() == 1);
    CHECK(trying.renewals()[0].period_index == 0);
    CHECK(trying.renewals()[0].period_start == at("2026-01-01T00:00:00"));
    CHECK(trying.renewals()[0].period_end == at("2026-02-01T00:00:00"));
    CHECK(trying.kept() == 1900);
  }
}

TEST_SUITE("subscription: renewal, from end to end") {
  TEST_CASE_FIXTURE(Active, "each period is renewed when it begins, by a payment of its own") {
    advance_to(p1 - minutes{1});
    CHECK(renewals().empty());
    advance_to(p1 + minutes{1});
    advance_to(p2 + minutes{1});
    REQUIRE(renewals().size() == 2);
    CHECK(renewals()[1].period_start == p2);
    CHECK(renewals()[1].period_end == at("2026-03-18T00:00:00"));
    CHECK(payments() == Names{"s-1~0~1", "s-1~1~1", "s-1~2~1"});
    CHECK(kept() == 3 * 1900);
  }
  TEST_CASE("after three days without, two periods are renewed in order, with their own dates") {
    // From the last day of winter time in Berlin.
    Subscriber daily{terms(Interval::day, 2), "Europe/Berlin"};
    daily.platform.settle();
    daily.advance_to(at("2026-03-27T12:00:00"));
    const auto before = daily.renewals().size();
    daily.advance_to(at("2026-03-30T23:00:00"));
    const auto renewals = daily.renewals();
    REQUIRE(renewals.size() == before + 2);
    CHECK(renewals[before].period_start == at("2026-03-28T00:00:00"));
    CHECK(renewals[before].period_end == at("2026-03-29T23:00:00"));
    CHECK(renewals[before + 1].period_start == at("2026-03-29T23:00:00"));
    CHECK(renewals[before + 1].period_end == at("2026-03-31T23:00:00"));
    CHECK(renewals[before + 1].period_index == renewals[before].period_index + 1);
    CHECK(daily.kept() == 1900 * static_cast<std::int64_t>(renewals.size() + 1));
  }
  TEST_CASE_FIXTURE(Active, "a timer, webhooks and people at once renew a period once") {
    platform.now = p1;
    for (int i = 0; i < 3; ++i) platform.post(begin(1));
    platform.settle();
    for (const auto& event : bank.events()) {
      platform.post(event);
      platform.post(event);
    }
    CHECK(platform.post(renew(1)) == Names{"subscription/period_already_renewed"});
    CHECK(platform.post(pay_for(1)) == Names{"subscription/period_already_renewed"});
    platform.settle();
    CHECK(renewals().size() == 1);
    CHECK(kept() == 2 * 1900);
  }
  TEST_CASE_FIXTURE(Active, "a webhook that is quicker than the answer renews it as well") {
    bank.line = answer_lost;
    platform.now = p1;
    platform.settle(1);
    bank.line = good;
    platform.post(bank.events().back());
    platform.settle();
    CHECK(renewals().size() == 1);
    CHECK(kept() == 2 * 1900);
  }
  TEST_CASE_FIXTURE(Active, "while nobody knows what became of a payment nothing else is charged") {
    bank.line = answer_lost;
    advance_to(p1);
    platform.advance(days{9});
    CHECK(stuck(1) == "subscription_money_unknown");
    CHECK(status() == S::active);
    CHECK(platform.post(pay_for(1)) == Names{"subscription/payment_in_progress"});
    CHECK(bank.total().held == 1900);
    bank.line = good;
    platform.settle();
    CHECK(renewals().size() == 1);
    CHECK(renewals()[0].period_end == p2);
    CHECK(payments().size() == 2);
    CHECK(kept() == 2 * 1900);
  }
  TEST_CASE_FIXTURE(Active, "who must act and does not has not paid") {
    bank.next = GatewayOutcome::action_required;
    advance_to(p1);
    platform.advance(hours{22});
    CHECK(status() == S::active);
    SUBCASE("acts") {
      bank.customer_acts("s-1~1~1~authorization~1", GatewayOutcome::authorized);
      platform.post(bank.events().back());
      platform.settle();
      CHECK(renewals().size() == 1);
    }
    SUBCASE("does not") {
      platform.advance(hours{2});
      CHECK(status() == S::past_due);
      CHECK_FALSE(bank.customer_acts("s-1~1~1~authorization~1", GatewayOutcome::authorized));
    }
  }
}

TEST_SUITE("subscription: unpaid, from end to end") {
  TEST_CASE_FIXTURE(PastDue, "it is tried again after 1, 3 and 5 days, suspended, and expires") {
    CHECK(payments().back() == "s-1~1~1");
    platform.advance(days{1});
    CHECK(payments().back() == "s-1~1~2");
    platform.advance(days{2});
    CHECK(payments().back() == "s-1~1~3");
    CHECK(status() == S::past_due);
    platform.advance(days{2});
    CHECK(payments().back() == "s-1~1~4");
    CHECK(status() == S::suspended);
    platform.advance(days{15});
    CHECK(status() == S::suspended);
    platform.advance(days{1});
    CHECK(status() == S::expired);
    CHECK(payments().size() == 5);
    CHECK(paid(1));
    CHECK(platform.ended("subscription_clock", "s-1"));
    CHECK(kept() == 1900);
  }
  TEST_CASE_FIXTURE(PastDue, "a retry that is paid recovers it") {
    bank.next = GatewayOutcome::authorized;
    platform.advance(days{1});
    CHECK(status() == S::active);
    REQUIRE(renewals().size() == 1);
    CHECK(renewals()[0].payment_id == pay(1, 2));
    CHECK(renews_at() == p2);
    platform.advance(days{25});  // past the 21 days
    CHECK(status() == S::active);
    CHECK(kept() == 2 * 1900);
  }
  TEST_CASE_FIXTURE(PastDue, "a payment by hand recovers it, and the period keeps its dates") {
    SUBCASE("while it is past due") {}
    SUBCASE("when it is suspended") {
      for (const auto wait : {1, 2, 2}) platform.advance(days{wait});
      REQUIRE(status() == S::suspended);
    }
    bank.next = GatewayOutcome::authorized;
    platform.post(pay_for(1, "card_2"));
    platform.settle();
    CHECK(status() == S::active);
    REQUIRE(renewals().size() == 1);
    CHECK(renewals()[0].period_start == p1);
    CHECK(renews_at() == p2);
    advance_to(p2 + minutes{1});
    CHECK(renewals().size() == 2);
    CHECK(kept() == 3 * 1900);
  }
  TEST_CASE_FIXTURE(PastDue, "a payment by hand and a retry never charge twice") {
    bank.next = GatewayOutcome::authorized;
    bank.line = answer_lost;
    platform.post(payment::InitiatePayment{
        .payment_id = PaymentId{"by-hand"},
        .subscription_id = s1,
        .period_index = 1,
        .user_id = schemas::Id<"User">{"u-2"},
        .amount = 1900,
        .currency_code = "EUR",
        .payment_method = "test_ok"});
    for (const auto wait : {1, 2, 2}) platform.advance(days{wait});
    CHECK(status() == S::past_due);  // nobody knows yet
    bank.line = good;
    platform.settle();
    CHECK(status() == S::active);
    CHECK(payments().back() == "by-hand");
    CHECK(payments().size() == 3);
    CHECK(kept() == 2 * 1900);
  }
  TEST_CASE_FIXTURE(PastDue, "after another payment by hand that failed the retries go on") {
    platform.post(pay_for(1));
    platform.settle();
    for (const auto wait : {1, 2, 2}) platform.advance(days{wait});
    CHECK(payments().size() == 6);
    CHECK(status() == S::suspended);
  }
}

TEST_SUITE("subscription: end and pause, from end to end") {
  TEST_CASE_FIXTURE(Active, "what is cancelled runs out with what is paid, unless reactivated") {
    platform.post(cancel(CancelTiming::at_end));
    SUBCASE("runs out") {
      advance_to(p1 + minutes{1});
      CHECK(status() == S::expired);
      CHECK(renewals().empty());
      CHECK(platform.ended("subscription_clock", "s-1"));
    }
    SUBCASE("reactivated, cancelled, reactivated") {
      platform.post(reactivate);
      platform.post(cancel(CancelTiming::at_end));
      platform.post(reactivate);
      advance_to(p1 + minutes{1});
      CHECK(status() == S::active);
      CHECK(renewals().size() == 1);
    }
    CHECK(kept() == 1900 * static_cast<std::int64_t>(renewals().size() + 1));
  }
  TEST_CASE("what ends while a period is being paid gives its money back") {
    // However far the payment has come, over lines that lose what they may.
    const Bank::Line lines[]{Bank::Line::good, Bank::Line::answer_lost, Bank::Line::request_late};
    for (const auto line : lines)
      for (int steps = 0; steps < 10; ++steps) {
        CAPTURE(static_cast<int>(line));
        CAPTURE(steps);
        Active run;
        run.platform.now = run.p1;
        run.platform.post(begin(1));
        run.bank.line = [line] { return line; };
        for (int i = 0; i < steps && !run.platform.errands().empty(); ++i)
          run.platform.run_errand(run.platform.errands().at(0));
        if (!run.renewals().empty()) break;
        run.platform.post(cancel(CancelTiming::now));
        run.bank.line = good;
        run.platform.settle();
        run.bank.late();
        run.platform.settle();
        CHECK(run.status() == S::cancelled);
        CHECK(run.paid(1));
        CHECK(run.kept() == 1900);
        CHECK(run.bank.total().held == 0);
      }
  }
  TEST_CASE_FIXTURE(Active, "a part that somebody gives back before it is renewed takes the rest") {
    platform.now = p1;
    platform.post(begin(1));
    while (told("PaymentCaptured") < 2) platform.run_errand(platform.errands().at(0));
    platform.post(payment::RequestRefund{
        .payment_id = pay(1),
        .refund_id = schemas::Id<"Refund">{"r-1"},
        .amount = 100,
        .reason = "why not"});
    SUBCASE("and the period is tried again") {
      platform.settle();
      CHECK(status() == S::past_due);
      CHECK(kept() == 1900);
      platform.advance(days{1});
      CHECK(status() == S::active);
    }
    SUBCASE("unless the gateway refuses to") {
      bank.refuse_refunds = true;
      platform.settle();
      CHECK(status() == S::active);
    }
    CHECK(renewals().size() == 1);
    CHECK(kept() == 2 * 1900);
  }
  TEST_CASE_FIXTURE(Active, "an authorization that lapsed before it was taken has failed") {
    platform.now = p1;
    platform.post(begin(1));
    while (told("PaymentAuthorized") < 2) platform.run_errand(platform.errands().at(0));
    platform.now += days{7};
    platform.post(payment::ExpireAuthorization{.payment_id = pay(1)});
    platform.settle();
    CHECK(status() == S::past_due);
    CHECK(kept() == 1900);
    platform.advance(days{1});
    CHECK(status() == S::active);
    CHECK(renewals().size() == 1);
    CHECK(kept() == 2 * 1900);
  }
  TEST_CASE_FIXTURE(Active, "a pause ends by itself, and what it skips is not paid") {
    platform.post(pause(at("2026-03-01T00:00:00")));
    advance_to(at("2026-02-27T00:00:00"));
    CHECK(status() == S::paused);
    CHECK(kept() == 1900);
    advance_to(at("2026-03-01T00:01:00"));
    CHECK(status() == S::active);
    REQUIRE(renewals().size() == 1);
    CHECK(renewals()[0].period_index == 2);
    CHECK(renewals()[0].period_start == p2);
    CHECK(kept() == 2 * 1900);
  }
}
