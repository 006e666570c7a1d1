#include "projections/payment/payments.hpp"

#include <doctest/doctest.h>

#include "tests/views/folded.hpp"

using namespace payment;

namespace {

struct View : folded::View {
  View() : folded::View{payments_view()} {
    pay(PaymentInitiated{
        .order_id = schemas::Id<"Order">{"o-1"},
        .user_id = schemas::Id<"User">{"u-1"},
        .amount = 1000,
        .currency_code = "EUR",
        .payment_method = "test_ok"});
  }
  template <class Fact>
  View& pay(const Fact& fact) {
    add("payment/PaymentIntent/o-1~1", fact);
    return *this;
  }
  PaymentRow payment() const { return row(payments, "o-1~1").value(); }
};

const schemas::Id<"Refund"> r1{"r-1"};
const RefundRequested refund{
    .refund_id = r1, .key = "k", .amount = 400, .currency_code = "EUR", .reason = "broken"};

}  // namespace

TEST_SUITE("views: payments") {
  TEST_CASE("a row shows how far the payment has come, and never goes back") {
    View view;
    CHECK(view.payment().status == PaymentStatus::initiated);
    view.pay(RiskAssessed{.score = 3}).pay(AuthorizationRequested{.key = "k"});
    CHECK(view.payment().status == PaymentStatus::authorizing);
    view.pay(PaymentOutcomeUnknown{.key = "k"});
    CHECK(view.payment().status == PaymentStatus::outcome_unknown);
    view.pay(PaymentActionRequired{.action_url = "https://bank.example"});
    CHECK(view.payment().action_url == "https://bank.example");
    view.pay(PaymentAuthorized{.gateway_ref = "ch_1", .amount = 1000});
    CHECK(view.payment().status == PaymentStatus::authorized);
    CHECK_FALSE(view.payment().action_url);
    view.pay(CaptureRequested{.key = "c"}).pay(PaymentOutcomeUnknown{.key = "c"});
    CHECK(view.payment().status == PaymentStatus::authorized);
    view.pay(PaymentCaptured{.key = "c", .amount = 1000});
    CHECK(view.payment().captured == 1000);
    CHECK(view.payment().risk_score == 3);
  }

  TEST_CASE("refunds are shown one by one and added up") {
    View view;
    view.pay(PaymentAuthorized{.amount = 1000}).pay(PaymentCaptured{.key = "c", .amount = 400});
    view.pay(refund);
    CHECK(view.row(refunds, "o-1~1~r-1")->status == RefundStatus::requested);
    CHECK(view.payment().refunded == 0);
    SUBCASE("given back") {
      view.pay(RefundSucceeded{.refund_id = r1, .key = "k", .amount = 400});
      CHECK(view.row(refunds, "o-1~1~r-1")->status == RefundStatus::succeeded);
      CHECK(view.payment().refunded == 400);
      CHECK(view.payment().status == PaymentStatus::refunded);
    }
    SUBCASE("refused") {
      view.pay(RefundFailed{.refund_id = r1, .key = "k", .reason = "account closed"});
      CHECK(view.row(refunds, "o-1~1~r-1")->failure == "account closed");
      CHECK(view.payment().status == PaymentStatus::captured);
    }
  }

  TEST_CASE("a payment is found by its subscription, and says for which period it is") {
    View view;
    view.add(
        "payment/PaymentIntent/s-1~3~1",
        PaymentInitiated{
            .subscription_id = schemas::Id<"Subscription">{"s-1"},
            .period_index = 3,
            .user_id = schemas::Id<"User">{"u-1"},
            .amount = 1900,
            .currency_code = "EUR",
            .payment_method = "test_ok"});
    const auto row = view.row(payments, "s-1~3~1").value();
    CHECK(row.period_index == 3);
    CHECK_FALSE(row.order_id);
    CHECK(
        view.index("payments", "subscription_id+created_at") ==
        std::vector<std::string>{"o-1~1", "s-1~3~1"});  // the order's has none, which comes first
  }
  TEST_CASE("a payment is found by its order") {
    View view;
    CHECK(view.index("payments", "order_id+created_at") == std::vector<std::string>{"o-1~1"});
  }
}
