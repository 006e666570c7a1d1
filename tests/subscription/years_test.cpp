// Years of subscriptions, from a seed: timers that fire late and in any order, outages, answers
// that are lost, webhooks that come twice or years later, people who pay, renew, pause and cancel
// at the same time. Each period is renewed once, in order, with its own dates, for money that is
// taken once.
#include <array>

#include "tests/simulation/random.hpp"
#include "tests/subscription/subscriber.hpp"
#include "tests/support/seed.hpp"

using namespace subscription;
using payment::Bank;
using payment::GatewayOutcome;
using simulation::Random;

namespace {

const std::array zones{"UTC", "Europe/Berlin", "America/Santiago", "Australia/Lord_Howe"};

PlanTerms random_terms(Random& random) {
  auto offered = terms(static_cast<Interval>(random.below(4)), random.between(1, 2));
  if (random.one_in(3)) offered.trial_days = random.between(1, 40);
  if (random.one_in(10)) offered.price = 0;
  return offered;
}

// Whatever may happen, one thing at a time.
class Years : public Subscriber {
 public:
  explicit Years(Random random)
      : Subscriber{random_terms(random), random.pick(zones)}, random_{random} {
    bank.line = [this] {
      return random_.one_in(5) ? static_cast<Bank::Line>(random_.below(4)) : Bank::Line::good;
    };
  }

  void act() {
    switch (random_.below(40)) {
      case 0:
      case 8:
        return somebody();
      case 1:
      case 2:
        return webhook();
      case 3:
        return void(bank.late());
      case 4:
        return wait(hours{2});
      case 5:
        if (random_.one_in(4)) wait(days{4});  // an outage
        return;
      case 6:
      case 7:
        bank.next = random_.one_in(5) ? random_.pick(moods) : GatewayOutcome::authorized;
        return;
      default:
        return go_on();
    }
  }

  bool over() const { return platform.ended("subscription_clock", "s-1"); }

  // The line is mended, all messages arrive, and cards are good. The clock moves on until what is
  // not paid has ended.
  void rest() {
    bank.line = [] { return Bank::Line::good; };
    bank.next = GatewayOutcome::authorized;
    for (const auto end = platform.now + days{24}; platform.now < end;) {
      while (bank.late()) {
      }
      platform.advance(days{1});
    }
    for (const auto& event : std::vector{bank.events()}) platform.post(event);
    platform.settle();
  }

 private:
  static constexpr std::array moods{GatewayOutcome::declined, GatewayOutcome::action_required};

  void wait(std::chrono::microseconds most) {
    platform.now += random_.between(std::chrono::microseconds{0}, most);
  }
  // The next thing that is due is done; when nothing is, time goes by.
  void go_on() {
    const auto errands = platform.errands();
    if (!errands.empty()) return platform.run_errand(random_.pick(errands));
    const auto now = state();
    if (now.payment_id && random_.one_in(2))
      act_at_the_bank(*now.payment_id);
    else if (now.wants_payment() && random_.one_in(2))  // a letter has come
      platform.post(pay_for(now.next_index, "card_2"));
    else if (const auto timer = platform.next_timer())
      platform.now = *timer;
  }
  void webhook() {
    if (!bank.events().empty()) platform.post(random_.pick(bank.events()));
  }
  void somebody() {
    const auto now = state();
    const auto index = now.next_index + random_.between(-1, 1);
    switch (random_.below(20)) {
      case 0:
      case 1:
      case 2:
        return void(platform.post(pay_for(index, random_.one_in(2) ? "test_ok" : "card_2")));
      case 3:
      case 4:
        return pay_by_hand(now, index);
      case 5:
      case 6:
        return void(platform.post(begin(index)));
      case 7:
      case 8:
        return void(platform.post(renew(static_cast<int>(index), now.payment_id)));
      case 9:
      case 16:
        return void(platform.post(pause(platform.now + days{random_.between(1, 90)})));
      case 10:
        return void(platform.post(resume));
      case 11:
      case 12:
      case 13:
      case 14:
        return cancel_in_doubt(now);
      case 15:
        if (random_.one_in(10)) platform.post(cancel(CancelTiming::now));
        return;
      default:
        if (now.payment_id) act_at_the_bank(*now.payment_id);
        return;
    }
  }
  void act_at_the_bank(const PaymentId& payment_id) {
    bank.customer_acts(
        payment_id.text() + "~authorization~1",
        random_.one_in(3) ? GatewayOutcome::declined : GatewayOutcome::authorized);
  }
  // While a period is being paid this ends it at once, and otherwise with the period.
  void cancel_in_doubt(const Subscription& now) {
    if (now.due && !random_.one_in(10)) return;
    platform.post(cancel(CancelTiming::at_end));
    if (random_.one_in(8)) go_on();
    if (!random_.one_in(8)) platform.post(reactivate);
  }
  void pay_by_hand(const Subscription& now, std::int64_t index) {
    platform.post(payment::InitiatePayment{
        .payment_id = PaymentId{"hand-" + std::to_string(random_.below(1000))},
        .subscription_id = s1,
        .period_index = index,
        .user_id = ann,
        .amount = now.amount,
        .currency_code = "EUR",
        .payment_method = "test_ok"});
  }

  Random random_;
};

// ---- What must be so, whatever happened ----

struct Paid {
  Period period;
  std::optional<PaymentId> payment_id;
};

// The first period and all that were renewed, as they were told.
std::vector<Paid> periods_of(const Years& years) {
  std::vector<Paid> paid;
  for (const auto& fact : years.platform.told<SubscriptionActivated>())
    paid.push_back({{fact.period_index, fact.period_start, fact.period_end}, fact.payment_id});
  for (const auto& fact : years.renewals())
    paid.push_back({{fact.period_index, fact.period_start, fact.period_end}, fact.payment_id});
  return paid;
}

void check_order(const Years& years, const std::vector<Paid>& paid) {
  std::set<std::int64_t> resumed_at{0};
  for (const auto& fact : years.platform.told<SubscriptionResumed>())
    resumed_at.insert(fact.period_index);
  std::int64_t next = 0;
  for (const auto& [period, payment_id] : paid) {
    // None twice, none left out but by a pause.
    CHECK(period.index >= next);
    if (period.index > next) CHECK(resumed_at.contains(period.index));
    next = period.index + 1;
  }
}

void check_dates(const Subscription& subscription, const std::vector<Paid>& paid) {
  const auto start = [&](std::int64_t index) {
    return start_of(subscription.cycle, index, subscription.time_zone);
  };
  for (const auto& [period, payment_id] : paid) {
    if (period.index > 0) CHECK(period.start == start(period.index));
    CHECK(period.end == start(period.index + 1));
  }
}

// Of each payment for a period, all of it if that renewed the period, and nothing otherwise.
void check_money(Years& years, const std::vector<Paid>& paid) {
  const auto amount = years.state().amount;
  std::set<PaymentId> renewing;
  for (const auto& [period, payment_id] : paid) {
    CHECK(payment_id.has_value() == (amount > 0));
    if (payment_id) CHECK(renewing.insert(*payment_id).second);
  }
  std::int64_t held = 0;
  for (const auto& fact : years.platform.told<SubscriptionPaymentAttached>()) {
    const auto& account = years.bank.account(fact.payment_id.text() + "~authorization~1");
    INFO(fact.payment_id.text());
    CHECK(account.captured - account.refunded == (renewing.contains(fact.payment_id) ? amount : 0));
    held += account.held;
  }
  // What nobody took in time lapses by itself.
  CHECK(held == amount * years.told("AuthorizationExpired"));
  CHECK(years.kept() == amount * static_cast<std::int64_t>(paid.size()));
}

void check_rest(const Years& years, const std::vector<Paid>& paid) {
  const auto end = years.state();
  for (const auto& [period, payment_id] : paid) CHECK(years.paid(static_cast<int>(period.index)));
  CHECK(end.status != S::pending);
  CHECK(end.status != S::past_due);
  CHECK(end.status != S::suspended);
  if (end.status == S::active || end.status == S::trialing) {
    CHECK(end.next_start > years.platform.now);
    CHECK_FALSE(end.due);
  }
  if (!paid.empty() && !end.over())
    CHECK(years.platform.stuck("subscription_clock", "s-1").empty());
  CHECK(end.over() == years.over());
}

}  // namespace

TEST_SUITE("subscription: years") {
  TEST_CASE("each period is renewed once, in order, on its date, and its money is taken once") {
    Random seeds{support::seed()};
    std::map<S, int> ends;
    std::map<std::string, std::int64_t> happened;
    for (int run = 0; run < 100; ++run) {
      Years years{Random{seeds.next()}};
      INFO("run ", run);
      for (int i = 0; i < 400 && !years.over(); ++i) years.act();
      years.rest();
      const auto paid = periods_of(years);
      check_order(years, paid);
      check_dates(years.state(), paid);
      check_money(years, paid);
      check_rest(years, paid);
      ++ends[years.status()];
      for (const auto& fact : years.platform.log()) ++happened[fact];
    }
    // The runs are worth something.
    CHECK(ends[S::active] > 0);
    CHECK(ends[S::expired] > 0);
    for (const std::string fact :
         {"SubscriptionRenewed",
          "SubscriptionPastDue",
          "SubscriptionRecovered",
          "SubscriptionSuspended",
          "SubscriptionResumed",
          "CancellationWithdrawn",
          "PaymentOutcomeUnknown",
          "PaymentVoided"})
      CHECK_MESSAGE(happened[fact] > 0, fact);
  }
}
