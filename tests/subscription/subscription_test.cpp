// What a subscription decides.
#include "tests/subscription/values.hpp"

using namespace subscription;

namespace {

auto subscription_of(auto... facts) { return dsl::given<SubscriptionDecider>(facts...); }

const SubscriptionRequested requested{
    .user_id = ann,
    .plan_id = pro1,
    .quantity = 1,
    .payment_method = "test_ok",
    .time_zone = "UTC"};
const SubscriptionTermsSet terms_set{
    .plan_code = pro,
    .amount = 1900,
    .currency_code = "EUR",
    .interval = Interval::month,
    .interval_count = 1,
    .entitlements = terms().entitlements};
// Scenarios begin at dsl::epoch, the 18th of December 2025 at midnight.
const Time p0 = dsl::epoch, p1 = at("2026-01-18T00:00:00"), p2 = at("2026-02-18T00:00:00"),
           p3 = at("2026-03-18T00:00:00");
const FirstPaymentDue first_due{
    .amount = 1900, .currency_code = "EUR", .expires_at = dsl::epoch + hours{23}};
SubscriptionPaymentAttached attached(int period, int attempt = 1) {
  return {.period_index = period, .payment_id = pay(period, attempt)};
}
const SubscriptionActivated activated{
    .payment_id = pay(0),
    .anchor = "2025-12-18T00:00:00",
    .period_index = 0,
    .period_start = p0,
    .period_end = p1};
const RenewalDue due{
    .period_index = 1,
    .period_start = p1,
    .period_end = p2,
    .amount = 1900,
    .currency_code = "EUR"};
const SubscriptionRenewed renewed{
    .period_index = 1, .payment_id = pay(1), .period_start = p1, .period_end = p2};
const SubscriptionPaymentFailed failed{
    .period_index = 1, .payment_id = pay(1), .reason = "no_funds"};
const SubscriptionPastDue past_due{
    .period_index = 1, .payment_id = pay(1), .expires_at = p1 + days{21}};
const SubscriptionSuspended suspended{.reason = "unpaid"};
const SubscriptionCancelled cancelled{.reason = "mistake"};
const CancellationScheduled ending{.ends_at = p1, .reason = "mistake"};
const SuspendSubscription suspend{.subscription_id = s1, .reason = "unpaid"};
const MarkPastDue mark{.subscription_id = s1, .payment_id = pay(1)};
const RecoverSubscription recover{.subscription_id = s1, .payment_id = pay(1, 2)};

auto pending() { return subscription_of(requested, terms_set, first_due); }
auto active() {
  auto scenario = pending();
  scenario.and_then(attached(0), activated);
  return scenario;
}
auto owing() {  // the period is due, its payment under way
  auto scenario = active();
  scenario.after(p1 - p0).and_then(due, attached(1));
  return scenario;
}
auto unpaid() {
  auto scenario = owing();
  scenario.and_then(failed, past_due);
  return scenario;
}

AttachSubscriptionPayment attach(
    int period, const PaymentId& id, std::int64_t amount = 1900, std::string currency = "EUR") {
  return {
      .subscription_id = s1,
      .payment_id = id,
      .period_index = period,
      .amount = amount,
      .currency_code = std::move(currency)};
}

}  // namespace

TEST_SUITE("subscription: start") {
  TEST_CASE("what is asked for is checked in order of precedence") {
    auto command = start("Nowhere");
    command.quantity = 0;
    subscription_of().when(command).then_refused(R::quantity_out_of_range);
    command.quantity = quantity_max + 1;
    subscription_of().when(command).then_refused(R::quantity_out_of_range);
    command.quantity = quantity_max;
    subscription_of().when(command).then_refused(R::zone_unknown);
    subscription_of().when(start("UTC")).then(requested);
    subscription_of(requested).when(start("UTC")).then_nothing();
    subscription_of(requested).when(start("Europe/Berlin")).then_refused(R::already_exists);
  }
  TEST_CASE("a trial ends after so many days on the subscriber's walls") {
    auto in_berlin = requested;
    in_berlin.time_zone = "Europe/Berlin";
    // From 01:00 in winter to 01:00 in summer.
    subscription_of(in_berlin)
        .when(AcceptTerms{
            .subscription_id = s1, .plan_code = pro, .terms = with_trial(120), .trial = true})
        .then(
            terms_set,
            TrialStarted{.ends_at = at("2026-04-16T23:00:00"), .anchor = "2026-04-17T01:00:00"});
    pending()
        .when(AcceptTerms{.subscription_id = s1, .plan_code = pro, .terms = terms()})
        .then_refused(R::state_conflict);
  }
  TEST_CASE("it begins when its first payment is made, on a whole second") {
    pending()
        .and_then(attached(0))
        .after(std::chrono::milliseconds{1'400})
        .when(activate())
        .then(SubscriptionActivated{
            .payment_id = pay(0),
            .anchor = "2025-12-18T00:00:01",
            .period_index = 0,
            .period_start = p0 + std::chrono::seconds{1},
            .period_end = p1 + std::chrono::seconds{1}});
    active().when(activate()).then_refused(R::not_pending);
    pending().when(activate()).then_refused(R::payment_mismatch);
    pending().when(activate(std::nullopt)).then_refused(R::payment_mismatch);
    pending().and_then(attached(0)).when(activate(pay(0, 2))).then_refused(R::payment_mismatch);
    pending().and_then(cancelled).when(activate()).then_refused(R::not_pending);
    subscription_of().when(activate()).then_refused(R::not_found);
  }
  TEST_CASE("one that is not paid for in 23 hours expires") {
    pending().after(hours{23}).when(expire).then(SubscriptionExpired{});
    pending().after(hours{22}).when(expire).then_refused(R::too_early);
    active().after(hours{23}).when(expire).then_nothing();
    pending().and_then(SubscriptionExpired{}).after(hours{24}).when(expire).then_nothing();
  }
  TEST_CASE("one that is past due, or suspended, for 21 days expires") {
    for (auto late : {unpaid(), unpaid().and_then(suspended)}) {
      late.after(days{20}).when(expire).then_refused(R::too_early);
      late.after(days{1}).when(expire).then(SubscriptionExpired{});
      auto paid = renewed;
      paid.payment_id = pay(1, 2);
      late.and_then(paid, SubscriptionRecovered{.payment_id = pay(1, 2)})
          .when(expire)
          .then_nothing();
    }
  }
}

TEST_SUITE("subscription: renew") {
  TEST_CASE("a period begins when the one before ends, once") {
    active().after(p1 - p0).when(begin(1)).then(due);
    active().after(p1 - p0 - minutes{1}).when(begin(1)).then_refused(R::too_early);
    active().after(p1 - p0).when(begin(2)).then_refused(R::not_due);
    active().after(p1 - p0).when(begin(0)).then_nothing();
    owing().when(begin(1)).then_nothing();
    pending().when(begin(0)).then_refused(R::not_due);
    active().and_then(ending).after(p1 - p0).when(begin(1)).then_refused(R::cancelled_at_end);
    active().and_then(SubscriptionPaused{.until = p2}).after(p1 - p0).when(begin(1)).then_nothing();
  }
  TEST_CASE("a period is renewed once, by the payment that is its own") {
    owing().when(renew(1)).then(renewed);
    owing().and_then(renewed).when(renew(1)).then_refused(R::period_already_renewed);
    owing().and_then(renewed).when(renew(1, pay(1, 2))).then_refused(R::period_already_renewed);
    owing().when(renew(0)).then_refused(R::period_already_renewed);
    owing().when(renew(2)).then_refused(R::not_due);
    active().when(renew(1)).then_refused(R::not_due);
    owing().when(renew(1, pay(1, 2))).then_refused(R::payment_mismatch);
    owing().when(renew(1, std::nullopt)).then_refused(R::payment_mismatch);
    unpaid().when(renew(1)).then_refused(R::payment_mismatch);
    owing().and_then(cancelled).when(renew(1)).then_refused(R::not_due);
    subscription_of().when(renew(1)).then_refused(R::not_found);
  }
  TEST_CASE("a period has one payment under way, of what it costs") {
    active().after(p1 - p0).and_then(due).when(attach(1, pay(1))).then(attached(1));
    owing().when(attach(1, pay(1))).then_nothing();
    owing().when(attach(1, pay(1, 2), 1, "USD")).then_refused(R::payment_in_progress);
    unpaid().when(attach(1, pay(1, 2), 1, "USD")).then_refused(R::currency_mismatch);
    unpaid().when(attach(1, pay(1, 2), 1)).then_refused(R::amount_mismatch);
    unpaid().when(attach(1, pay(1, 2))).then(attached(1, 2));
    unpaid().when(attach(2, pay(2))).then_refused(R::not_due);
    owing().and_then(renewed).when(attach(1, pay(1, 2))).then_refused(R::period_already_renewed);
    active().when(attach(1, pay(1))).then_refused(R::not_due);
    unpaid().and_then(cancelled).when(attach(1, pay(1, 2))).then_refused(R::already_cancelled);
    pending().when(attach(0, pay(0))).then(attached(0));
  }
  TEST_CASE("whoever pays, each try has the next name") {
    const auto changed = [](std::string method) {
      return SubscriptionPaymentMethodChanged{std::move(method)};
    };
    pending().when(pay_for(0)).then(attached(0));
    active().after(p1 - p0).and_then(due).when(pay_for(1)).then(attached(1));
    unpaid().when(pay_for(1)).then(attached(1, 2));
    unpaid().when(pay_for(1, "test_ok")).then(attached(1, 2));
    unpaid().when(pay_for(1, "card_2")).then(changed("card_2"), attached(1, 2));
    owing().when(pay_for(1)).then_refused(R::payment_in_progress);
    owing().and_then(renewed).when(pay_for(1)).then_refused(R::period_already_renewed);
    owing().and_then(renewed).when(pay_for(2)).then_refused(R::not_due);
    unpaid().and_then(cancelled).when(pay_for(1)).then_refused(R::already_cancelled);
    subscription_of().when(pay_for(1)).then_refused(R::not_found);
  }
  TEST_CASE("a payment that failed makes room for another") {
    owing().when(fail(pay(1))).then(failed);
    unpaid().when(fail(pay(1))).then_nothing();
    owing().when(fail(pay(1, 2))).then_refused(R::payment_mismatch);
    owing().and_then(cancelled).when(fail(pay(1))).then_nothing();
  }
  TEST_CASE("past due, suspended and recovered") {
    owing().and_then(failed).when(mark).then(past_due);
    owing().when(mark).then_refused(R::state_conflict);
    unpaid().when(mark).then_nothing();
    active().when(mark).then_refused(R::state_conflict);
    unpaid().when(suspend).then(suspended);
    unpaid().and_then(suspended).when(suspend).then_nothing();
    active().when(suspend).then_refused(R::state_conflict);
    unpaid().and_then(attached(1, 2)).when(suspend).then_refused(R::state_conflict);
    unpaid().when(recover).then_refused(R::state_conflict);
    auto paid = renewed;
    paid.payment_id = pay(1, 2);
    for (auto late : {unpaid(), unpaid().and_then(suspended)}) {
      late.and_then(attached(1, 2)).when(renew(1, pay(1, 2))).then(paid);
      late.and_then(paid).when(recover).then(SubscriptionRecovered{.payment_id = pay(1, 2)});
    }
    active().when(recover).then_refused(R::state_conflict);
  }
}

TEST_SUITE("subscription: pause") {
  TEST_CASE("a pause lasts at most 90 days") {
    active().when(pause(p0 + days{90})).then(SubscriptionPaused{.until = p0 + days{90}});
    active().when(pause(p0 + days{91})).then_refused(R::pause_limit);
    active().when(pause(p0)).then_refused(R::pause_limit);
    pending().when(pause(p0 + days{1})).then_refused(R::state_conflict);
    owing().when(pause(p1 + days{1})).then_refused(R::state_conflict);
    active().and_then(cancelled).when(pause(p0 + days{1})).then_refused(R::already_cancelled);
    active().and_then(SubscriptionPaused{.until = p1}).when(pause(p2)).then_nothing();
  }
  TEST_CASE("periods that began and ended meanwhile are skipped, the anchor stays") {
    const SubscriptionPaused paused{.until = p3};
    const auto resumed = [](int index, Time start) {
      return SubscriptionResumed{.period_index = index, .period_start = start};
    };
    active().and_then(paused).after(days{5}).when(resume).then(resumed(1, p1));
    active().and_then(paused).after(p2 - p0 - days{1}).when(resume).then(resumed(1, p1));
    active().and_then(paused).after(p2 - p0).when(resume).then(resumed(2, p2));
    active().and_then(paused).after(p3 - p0 + days{1}).when(resume).then(resumed(3, p3));
    active().when(resume).then_nothing();
    active()
        .and_then(paused, ending)
        .after(p1 - p0)
        .when(resume)
        .then_refused(R::already_cancelled);
    active()
        .and_then(paused, resumed(2, p2))
        .when(renew(1))
        .then_refused(R::period_already_renewed);
  }
}

TEST_SUITE("subscription: cancel") {
  TEST_CASE("at the end of what is paid, or now; what nobody has paid for ends now") {
    active().when(cancel(CancelTiming::at_end)).then(ending);
    active().and_then(ending).when(cancel(CancelTiming::at_end)).then_nothing();
    active().and_then(ending).when(cancel(CancelTiming::now)).then(cancelled);
    pending().when(cancel(CancelTiming::at_end)).then(cancelled);
    owing().when(cancel(CancelTiming::at_end)).then(cancelled);
    unpaid().when(cancel(CancelTiming::at_end)).then(cancelled);
    active().and_then(cancelled).when(cancel(CancelTiming::now)).then_refused(R::already_cancelled);
    subscription_of().when(cancel(CancelTiming::now)).then_refused(R::not_found);
  }
  TEST_CASE("until it has ended it may go on after all") {
    active().and_then(ending).when(reactivate).then(CancellationWithdrawn{});
    active().when(reactivate).then_nothing();
    active().and_then(ending).after(p1 - p0).when(reactivate).then_refused(R::already_cancelled);
    active().and_then(cancelled).when(reactivate).then_refused(R::already_cancelled);
    active().and_then(ending).after(p1 - p0).when(expire).then(SubscriptionExpired{});
    active().and_then(ending).when(expire).then_refused(R::too_early);
    active().and_then(ending, CancellationWithdrawn{}).after(p1 - p0).when(expire).then_nothing();
  }
}
