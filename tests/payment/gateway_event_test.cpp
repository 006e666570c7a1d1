// What a gateway tells on its own account: once, twice, late and out of order.
#include "tests/ordering/shop.hpp"
#include "tests/payment/values.hpp"

using namespace payment;
using dsl::Names;
using Type = GatewayEventType;

namespace {

// An order whose payment the gateway is being asked to authorize.
struct Paying : ordering::Shop {
  Paying() {
    run(ordering::place());
    run(ordering::initiate);
  }
  // Every event has an id of its own, as gateways send them.
  static IngestGatewayEvent event(Type type, std::string of, const char* id) {
    return {
        .event_id = schemas::Id<"GatewayEvent">{id},
        .type = type,
        .payment_id = p1,
        .key = std::move(of),
        .gateway_ref = "ch_1",
        .reason = "no",
        .action_url = "https://bank.example",
        .occurred_at = dsl::epoch};
  }
};

}  // namespace

TEST_SUITE("payment: gateway events") {
  TEST_CASE_FIXTURE(Paying, "an event is taken in with what it says, and once") {
    const auto told = event(Type::authorized, asked, "e-1");
    CHECK(run(told) == Names{"GatewayEventAccepted", "PaymentAuthorized"});
    CHECK(fact<PaymentAuthorized>().amount == 4498);
    CHECK(run(told).empty());
    CHECK(run(event(Type::declined, asked, "e-1")) == Names{"payment/duplicate_event"});
  }
  TEST_CASE_FIXTURE(Paying, "an event comes before the answer, twice, or after the refund") {
    run(event(Type::authorized, asked, "e-1"));
    CHECK(run(record_authorized).empty());
    CHECK(run(record_declined).empty());
    run(capture());
    CHECK(
        run(event(Type::captured, key("capture", 2), "e-2")) ==
        Names{"GatewayEventAccepted", "PaymentCaptured"});
    CHECK(run(record_result<RecordCapture>(key("capture", 2))).empty());
    run(refund());
    CHECK(
        run(event(Type::refunded, key("refund", 3), "e-3")) ==
        Names{"GatewayEventAccepted", "RefundSucceeded"});
    for (const auto& [type, of] :
         {std::pair{Type::authorized, asked},
          {Type::declined, asked},
          {Type::action_required, asked},
          {Type::captured, key("capture", 2)},
          {Type::voided, asked},
          {Type::failed, key("refund", 3)},
          {Type::refunded, key("refund", 9)}})
      CHECK(
          run(event(type, of, std::string{"e-4-"}.append(name_of(type)).c_str())) ==
          Names{"GatewayEventAccepted"});
  }
  TEST_CASE_FIXTURE(Paying, "a failure is that of the request whose key it has") {
    run(record_authorized);
    SUBCASE("a capture") {
      run(capture());
      CHECK(
          run(event(Type::failed, key("capture", 2), "e-1")) ==
          Names{"GatewayEventAccepted", "CaptureFailed"});
    }
    SUBCASE("a void") {
      run(void_payment);
      CHECK(
          run(event(Type::failed, key("void", 2), "e-1")) ==
          Names{"GatewayEventAccepted", "VoidFailed"});
      CHECK(run(void_payment) == Names{"VoidRequested"});
      CHECK(
          run(event(Type::voided, key("void", 3), "e-2")) ==
          Names{"GatewayEventAccepted", "PaymentVoided"});
    }
    SUBCASE("a refund") {
      run(capture());
      run(record_result<RecordCapture>(key("capture", 2)));
      run(refund());
      CHECK(
          run(event(Type::failed, key("refund", 3), "e-1")) ==
          Names{"GatewayEventAccepted", "RefundFailed"});
    }
  }
  TEST_CASE_FIXTURE(Paying, "what is told of a payment that is not ours is refused") {
    auto strange = event(Type::authorized, asked, "e-1");
    strange.payment_id = schemas::Id<"PaymentIntent">{"nobody"};
    CHECK(run(strange) == Names{"not_found"});
  }
  TEST_CASE("a payment of an unusual amount is blocked, and the gateway never asked") {
    ordering::Shop shop;
    shop.run(ordering::place({ordering::line(ordering::i1, ordering::sku1, 1, 200'000'000)}));
    auto large = ordering::initiate;
    large.amount = 200'000'000;
    CHECK(shop.run(large) == Names{"PaymentInitiated", "OrderPaymentAttached", "PaymentBlocked"});
  }
}
