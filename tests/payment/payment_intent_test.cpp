#include "tests/payment/values.hpp"

using namespace payment;

TEST_SUITE("payment: authorize") {
  TEST_CASE("a payment is initiated once") {
    intent().when(initiate).then(initiated);
    auto other = initiate;
    other.amount = 999;
    intent(initiated).when(other).then_refused(R::already_exists);
    refunded_intent().when(initiate).then_nothing();
  }
  TEST_CASE("a payment is for an order, a period of a subscription or a contract, never two") {
    auto period = initiate;
    period.order_id.reset();
    intent().when(period).then_refused(R::reference_invalid);
    period.subscription_id = schemas::Id<"Subscription">{"s-1"};
    intent().when(period).then_refused(R::reference_invalid);
    period.period_index = 0;
    auto first = initiated;
    first.order_id.reset();
    first.subscription_id = period.subscription_id;
    first.period_index = 0;
    intent().when(period).then(first);
    auto second = period;
    second.period_index = 1;
    intent(first).when(second).then_refused(R::already_exists);
    period.order_id = o1;
    intent().when(period).then_refused(R::reference_invalid);
    for (auto* two : {&period, &second}) {
      two->order_id.reset();
      two->contract_id = schemas::Id<"Agreement">{"c-1"};
      intent().when(*two).then_refused(R::reference_invalid);
      two->subscription_id.reset();
      two->period_index.reset();
    }
    auto escrow = initiated;
    escrow.order_id.reset();
    escrow.contract_id = period.contract_id;
    intent().when(period).then(escrow);
    period.order_id = o1;
    intent().when(period).then_refused(R::reference_invalid);
  }
  TEST_CASE("an unusual amount is blocked, and nothing is asked for") {
    intent(initiated).when(assess).then(assessed);
    auto large = initiated;
    large.amount = 99'999'999;
    intent(large).when(assess).then(RiskAssessed{.score = 99});
    ++large.amount;
    intent(large).when(assess).then(PaymentBlocked{.score = 100, .reason = "amount_unusual"});
    intent(large, PaymentBlocked{}).when(request_authorization).then_refused(R::payment_closed);
    intent(large, PaymentBlocked{}).when(capture()).then_refused(R::payment_closed);
    intent(large, PaymentBlocked{}).when(void_payment).then_nothing();
    intent().when(assess).then_refused(R::not_found);
  }
  TEST_CASE("the gateway is asked once") {
    intent(initiated, assessed).when(request_authorization).then(authorization_requested);
    asking().when(request_authorization).then_nothing();
    authorized_intent().when(request_authorization).then_nothing();
    for (auto closed : {declined_intent(), voided_intent(), refunded_intent()})
      closed.when(request_authorization).then_refused(R::payment_closed);
    intent().when(request_authorization).then_refused(R::not_found);
  }
  TEST_CASE("its answer is recorded") {
    asking().when(record_authorized).then(authorized);
    asking().when(record_declined).then(declined);
    asking().when(record_action).then(action_required);
    asking().and_then(action_required).when(record_authorized).then(authorized);
    asking().and_then(action_required).when(record_declined).then(declined);
    intent().when(record_authorized).then_refused(R::not_found);
  }
  TEST_CASE("answers that come late or twice, or to nothing that was asked, change nothing") {
    for (const auto& late : {record_authorized, record_declined, record_action}) {
      authorized_intent().when(late).then_nothing();
      captured_intent(1).when(late).then_nothing();
      refunded_intent().when(late).then_nothing();
      voided_intent().when(late).then_nothing();
      intent(initiated, assessed).when(late).then_nothing();
    }
    declined_intent().when(record_action).then_nothing();
    asking().when(record(AuthorizationOutcome::authorized, key("authorization", 9))).then_nothing();
  }
  TEST_CASE("what is authorized after it was declined is let go of at once") {
    auto release = void_requested();
    release.reason = "authorized after all";
    declined_intent().when(record_authorized).then(authorized, release);
    declined_intent().and_then(void_requested()).when(record_authorized).then(authorized);
  }
  TEST_CASE("a doubt is recorded once, and ends with the answer") {
    const MarkOutcomeUnknown mark{.payment_id = p1, .key = asked};
    const PaymentOutcomeUnknown unknown{.key = asked};
    asking().when(mark).then(unknown);
    asking().and_then(unknown).when(mark).then_nothing();
    asking().and_then(unknown).when(record_authorized).then(authorized);
    asking().and_then(unknown).when(record_declined).then(declined);
    authorized_intent().when(mark).then_nothing();
    intent(initiated).when(mark).then_nothing();
    intent().when(mark).then_refused(R::not_found);
  }
}

TEST_SUITE("payment: capture") {
  TEST_CASE("what is authorized is captured, all or in parts") {
    authorized_intent().when(capture()).then(capture_requested(1000));
    authorized_intent().repeatable().when(capture(400)).then(capture_requested(400));
    captured_intent(400).when(capture()).then(capture_requested(600, 3));
    captured_intent(1000).when(capture()).then_nothing();
  }
  TEST_CASE("what cannot be captured is refused in order of precedence") {
    intent().when(capture(0)).then_refused(R::not_found);
    for (auto closed : {declined_intent(), voided_intent(), refunded_intent()})
      closed.when(capture(0)).then_refused(R::payment_closed);
    authorized_intent().and_then(void_requested()).when(capture()).then_refused(R::payment_closed);
    captured_intent(400)
        .and_then(refund_requested(1))
        .when(capture())
        .then_refused(R::payment_closed);
    asking().when(capture(0)).then_refused(R::not_authorized);
    for (const std::int64_t amount : {0, -1, 1001})
      authorized_intent()
          .when(capture(amount))
          .then_refused(R::exceeds_authorized, {{"left", 1000}});
    authorized_intent()
        .and_then(capture_requested(400))
        .when(capture(601))
        .then_refused(R::exceeds_authorized, {{"left", 600}});
  }
  TEST_CASE("how it ended is recorded once") {
    auto open = authorized_intent().and_then(capture_requested(400));
    const auto done = record_result<RecordCapture>(key("capture", 2));
    const auto failed = record_result<RecordCapture>(key("capture", 2), RequestOutcome::failed);
    decltype(open){open}.when(done).then(captured(400));
    decltype(open){open}.when(failed).then(CaptureFailed{.key = key("capture", 2), .reason = "no"});
    captured_intent(400).when(failed).then_nothing();
    authorized_intent().when(record_result<RecordCapture>(asked)).then_nothing();
    intent().when(done).then_refused(R::not_found);
  }
  TEST_CASE("what a failed capture did not take can be captured again") {
    authorized_intent()
        .and_then(capture_requested(1000), CaptureFailed{.key = key("capture", 2)})
        .when(capture())
        .then(capture_requested(1000, 3));
  }
}

TEST_SUITE("payment: expiry") {
  const ExpireAuthorization expire{.payment_id = p1};

  TEST_CASE("what is held and not being taken lapses after seven days, not before") {
    intent().when(expire).then_refused(R::not_found);
    asking().when(expire).then_nothing();
    authorized_intent().when(expire).then_refused(R::too_early);
    authorized_intent()
        .after(authorization_time)
        .when(expire)
        .then(AuthorizationExpired{.amount = 1000});
    authorized_intent()
        .and_then(capture_requested(400))
        .after(authorization_time)
        .when(expire)
        .then(AuthorizationExpired{.amount = 600});
    captured_intent(1000).after(authorization_time).when(expire).then_nothing();
    voided_intent().after(authorization_time).when(expire).then_nothing();
  }
  TEST_CASE("then nothing more can be taken, and without anything taken the payment is void") {
    const AuthorizationExpired expired{.amount = 1000};
    authorized_intent().and_then(expired).when(expire).then_nothing();
    authorized_intent().and_then(expired).when(capture()).then_refused(R::payment_closed);
    captured_intent(400)
        .and_then(AuthorizationExpired{.amount = 600})
        .when(capture())
        .then_refused(R::authorization_expired);
    const auto failed = authorized_intent().and_then(
        capture_requested(400),
        AuthorizationExpired{.amount = 600},
        CaptureFailed{.key = key("capture", 2)});
    CHECK(failed.state().status == PaymentStatus::voided);
  }
}

TEST_SUITE("payment: void") {
  TEST_CASE("what nobody asked for is void at once, what is held or may be is let go of") {
    intent(initiated).when(void_payment).then(PaymentVoided{});
    asking().when(void_payment).then(void_requested());
    authorized_intent().when(void_payment).then(void_requested());
    asking().and_then(action_required).when(void_payment).then(void_requested());
    declined_intent().when(void_payment).then_nothing();
    voided_intent().when(void_payment).then_nothing();
    intent().when(void_payment).then_refused(R::not_found);
  }
  TEST_CASE("what is captured, or about to be, is refunded instead") {
    captured_intent(1).when(void_payment).then_refused(R::already_captured);
    refunded_intent().when(void_payment).then_refused(R::already_captured);
    authorized_intent()
        .and_then(capture_requested(1))
        .when(void_payment)
        .then_refused(R::already_captured);
  }
  TEST_CASE("how it ended is recorded once") {
    auto open = authorized_intent().and_then(void_requested());
    const auto done = record_result<RecordVoid>(key("void", 2));
    const auto failed = record_result<RecordVoid>(key("void", 2), RequestOutcome::failed);
    decltype(open){open}.when(done).then(voided());
    decltype(open){open}.when(failed).then(VoidFailed{.key = key("void", 2), .reason = "no"});
    voided_intent().when(failed).then_nothing();
    intent().when(done).then_refused(R::not_found);
  }
  TEST_CASE("after a void that failed another can be asked for") {
    authorized_intent()
        .and_then(void_requested(), VoidFailed{.key = key("void", 2)})
        .when(void_payment)
        .then(void_requested(3));
  }
}

TEST_SUITE("payment: refund") {
  TEST_CASE("what is captured is refunded, all or in parts") {
    captured_intent(1000).when(refund()).then(refund_requested(1000));
    captured_intent(1000).when(refund(400)).then(refund_requested(400));
    captured_intent(1000)
        .and_then(refund_requested(400), refunded(400))
        .when(refund(std::nullopt, r2))
        .then(refund_requested(600, 4, r2));
  }
  TEST_CASE("two refunds that race never give back more than was captured") {
    captured_intent(1000)
        .and_then(refund_requested(600))
        .when(refund(600, r2))
        .then_refused(R::exceeds_captured, {{"left", 400}});
  }
  TEST_CASE("what cannot be refunded is refused in order of precedence") {
    intent().when(refund(0)).then_refused(R::not_found);
    captured_intent(1000)
        .and_then(refund_requested(400))
        .when(refund(500))
        .then_refused(R::already_exists);
    authorized_intent().when(refund(0)).then_refused(R::not_captured);
    captured_intent(400)
        .and_then(capture_requested(1, 3))
        .when(refund(0))
        .then_refused(R::not_captured);
    for (const std::int64_t amount : {0, -1, 1001})
      captured_intent(1000)
          .when(refund(amount))
          .then_refused(R::exceeds_captured, {{"left", 1000}});
    refunded_intent()
        .when(refund(std::nullopt, r2))
        .then_refused(R::exceeds_captured, {{"left", 0}});
  }
  TEST_CASE("a payment is refunded in a hundred parts at most") {
    auto parts = captured_intent(1000);
    for (int i = 0; i < 100; ++i)
      parts.and_then(refund_requested(1, 3 + i, schemas::Id<"Refund">{"r-" + std::to_string(i)}));
    parts.when(refund(0, schemas::Id<"Refund">{"r-100"})).then_refused(R::too_many_refunds);
  }
  TEST_CASE("how it ended is recorded once, and what failed can be refunded again") {
    auto open = captured_intent(1000).and_then(refund_requested(1000));
    const auto done = record_result<RecordRefundResult>(key("refund", 3));
    const auto failed = record_result<RecordRefundResult>(key("refund", 3), RequestOutcome::failed);
    const RefundFailed failure{.refund_id = r1, .key = key("refund", 3), .reason = "no"};
    decltype(open){open}.when(done).then(refunded(1000));
    decltype(open){open}.when(failed).then(failure);
    refunded_intent().when(failed).then_nothing();
    decltype(open){open}.and_then(failure).when(done).then_nothing();
    decltype(open){open}
        .and_then(failure)
        .when(refund(1000, r2))
        .then(refund_requested(1000, 4, r2));
    intent().when(done).then_refused(R::not_found);
  }
}

TEST_SUITE("payment: what is done for it") {
  TEST_CASE("only what is taken whole, and kept, is captured") {
    const RequireCaptured required{.payment_id = p1};
    captured_intent(1000).when(required).then_nothing();
    for (auto short_of : {asking(), authorized_intent(), captured_intent(999), refunded_intent()})
      short_of.when(required).then_refused(R::not_captured);
    captured_intent(1000)
        .and_then(refund_requested(1))
        .when(required)
        .then_refused(R::not_captured);
    intent().when(required).then_refused(R::not_found);
  }
  TEST_CASE("another payment is tried only when this one can take nothing") {
    const RequireClosed required{.payment_id = p1};
    for (auto closed :
         {declined_intent(),
          voided_intent(),
          refunded_intent(),
          intent(initiated, PaymentBlocked{}),
          authorized_intent().and_then(void_requested())})
      closed.when(required).then_nothing();
    const PaymentOutcomeUnknown unknown{.key = asked};
    for (auto open :
         {intent(initiated),
          asking(),
          asking().and_then(unknown),
          asking().and_then(action_required),
          authorized_intent(),
          captured_intent(1000),
          declined_intent().and_then(authorized)})
      open.when(required).then_refused(R::payment_open);
    intent().when(required).then_refused(R::not_found);
  }
  TEST_CASE("a refund is back") {
    const RequireRefunded require{.payment_id = p1, .refund_id = r1, .amount = 400};
    const auto asked_back = [] { return captured_intent(1000).and_then(refund_requested(400)); };
    asked_back().and_then(refunded(400)).when(require).then_nothing();
    asked_back().when(require).then_refused(R::not_refunded);
    asked_back()
        .and_then(RefundFailed{.refund_id = r1, .key = key("refund", 3)})
        .when(require)
        .then_refused(R::not_refunded);
    auto other = require;
    other.amount = 401;
    asked_back().and_then(refunded(400)).when(other).then_refused(R::not_refunded);
    other = require;
    other.refund_id = r2;
    asked_back().and_then(refunded(400)).when(other).then_refused(R::not_refunded);
  }
}
