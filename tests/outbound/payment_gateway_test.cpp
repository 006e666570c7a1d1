// The client of the payment gateway against the simulator: each scripted method, and what money
// may do.
#include <doctest/doctest.h>

#include "gateways/http/target.hpp"
#include "tests/outbound/shop.hpp"

using namespace outbound_test;
using Outcome = GatewayOutcome;

namespace {

// As effects are named.
const std::string key = "payment/PaymentIntent/pay-1~x/3";

std::size_t lines_with(Shop& shop, const std::string& wanted) {
  std::size_t count = 0;
  for (const auto& line : shop.statement()) count += line["key"] == wanted;
  return count;
}

std::vector<std::string> types(const std::vector<json>& events) {
  std::vector<std::string> all;
  for (const auto& event : events) all.push_back(event["type"]);
  return all;
}

}  // namespace

TEST_SUITE("payment gateway: outcomes") {
  TEST_CASE("money is held, taken in parts and given back in parts, never more than there is") {
    Shop shop;
    auto& ask = shop.patient();
    const auto held = ask.authorize(key, "test_ok", 1000);
    CHECK(held.outcome == Outcome::authorized);
    const auto& ref = held.gateway_ref;
    CHECK(ask.refund("r-0", ref, 1).outcome == Outcome::failed);
    CHECK(ask.capture("c-1", ref, 600).outcome == Outcome::captured);
    const auto beyond = ask.capture("c-2", ref, 401);
    CHECK(beyond.outcome == Outcome::failed);
    CHECK(beyond.reason == "exceeds_authorized");
    CHECK(ask.capture("c-3", ref, 400).outcome == Outcome::captured);
    CHECK(ask.refund("r-1", ref, 999).outcome == Outcome::refunded);
    const auto too_much = ask.refund("r-2", ref, 2);
    CHECK(too_much.outcome == Outcome::failed);
    CHECK(too_much.reason == "exceeds_captured");
    CHECK(ask.refund("r-3", ref, 1).outcome == Outcome::refunded);
  }

  TEST_CASE("a key takes effect once: its repeat gets the first answer, another request none") {
    Shop shop;
    auto& ask = shop.patient();
    const auto first = ask.authorize(key, "test_ok", 500);
    const auto again = ask.authorize(key, "test_ok", 500);
    CHECK(again.outcome == Outcome::authorized);
    CHECK(again.gateway_ref == first.gateway_ref);
    const auto other = ask.authorize(key, "test_ok", 501);
    CHECK(other.outcome == Outcome::unknown);
    CHECK(other.reason == "key_reused");
    CHECK(ask.capture(key, first.gateway_ref, 500).outcome == Outcome::unknown);
    for (int i = 0; i < 2; ++i)
      CHECK(ask.capture("c-1", first.gateway_ref, 300).outcome == Outcome::captured);
    CHECK(lines_with(shop, key) == 1);
    CHECK(lines_with(shop, "c-1") == 1);
  }

  TEST_CASE("a declined card is declined for good, and says why") {
    Shop shop;
    const auto answer = shop.patient().authorize(key, "test_decline");
    CHECK(answer.outcome == Outcome::declined);
    CHECK(answer.reason == "insufficient_funds");
    CHECK(shop.patient().look_up(key).outcome == Outcome::declined);
    CHECK(shop.patient().capture("c-1", answer.gateway_ref, 1).outcome == Outcome::failed);
    CHECK(shop.statement().empty());
  }

  TEST_CASE("what the gateway finds fault with is a clear no") {
    Shop shop;
    auto& ask = shop.patient();
    const auto unsupported = ask.authorize(key, "wampum");
    CHECK(unsupported.outcome == Outcome::declined);
    CHECK(unsupported.reason == "method_unsupported");
    CHECK(ask.look_up(key).outcome == Outcome::not_found);
    const auto nothing = ask.capture("c-1", "no such payment", 1);
    CHECK(nothing.outcome == Outcome::failed);
    CHECK(nothing.reason == "payment_not_found");
    const auto held = ask.authorize("k-2", "test_ok");
    CHECK(ask.capture("c-2", held.gateway_ref, 0).outcome == Outcome::failed);
    CHECK(ask.capture("c-3", held.gateway_ref, -1).outcome == Outcome::failed);
  }
}

TEST_SUITE("payment gateway: doubt") {
  TEST_CASE("an answer that comes too late is unknown, and the look-up tells what it was") {
    Shop shop;
    Asking impatient{shop.port(), soon};
    CHECK(impatient.authorize(key, "test_timeout_then_ok").outcome == Outcome::unknown);
    const auto found = shop.patient().look_up(key);
    CHECK(found.outcome == Outcome::authorized);
    const auto again = shop.patient().authorize(key, "test_timeout_then_ok");
    CHECK(again.outcome == Outcome::authorized);
    CHECK(again.gateway_ref == found.gateway_ref);
    CHECK(lines_with(shop, key) == 1);
  }

  TEST_CASE("who waits longer gets the late answer") {
    auto script = Shop::quick();
    script.answer_late = milliseconds{20};
    Shop shop{script};
    CHECK(shop.patient().authorize(key, "test_timeout_then_ok").outcome == Outcome::authorized);
  }

  TEST_CASE("a lost request is unknown, never found, and can do nothing more once it is fenced") {
    Shop shop;
    Asking impatient{shop.port(), soon};
    auto& ask = shop.patient();
    CHECK(impatient.authorize(key, "test_timeout_lost").outcome == Outcome::unknown);
    CHECK(ask.look_up(key).outcome == Outcome::not_found);
    CHECK(ask.fence(key).outcome == Outcome::voided);
    // Now it comes after all.
    CHECK(ask.authorize(key, "test_ok").outcome == Outcome::voided);
    CHECK(ask.look_up(key).outcome == Outcome::voided);
    CHECK(ask.fence(key).outcome == Outcome::voided);
    CHECK(shop.statement().empty());
  }

  TEST_CASE("a fence that comes too late says what the request did") {
    Shop shop;
    auto& ask = shop.patient();
    const auto held = ask.authorize(key, "test_ok", 100);
    CHECK(ask.fence(key).outcome == Outcome::authorized);
    ask.capture("c-1", held.gateway_ref, 100);
    CHECK(ask.fence("c-1").outcome == Outcome::captured);
    CHECK(ask.authorize("k-2", "test_decline").outcome == Outcome::declined);
    CHECK(ask.fence("k-2").outcome == Outcome::declined);
  }

  TEST_CASE("a release voids what is held, and fences what never came") {
    Shop shop;
    auto& ask = shop.patient();
    const auto held = ask.authorize(key, "test_ok");
    for (int i = 0; i < 2; ++i) CHECK(ask.release("v-1", key).outcome == Outcome::voided);
    CHECK(ask.look_up(key).outcome == Outcome::voided);
    CHECK(ask.capture("c-1", held.gateway_ref, 1).outcome == Outcome::failed);
    CHECK(lines_with(shop, "v-1") == 1);

    CHECK(ask.release("v-2", "never-sent").outcome == Outcome::voided);
    CHECK(ask.authorize("never-sent", "test_ok").outcome == Outcome::voided);

    ask.authorize("k-3", "test_decline");
    CHECK(ask.release("v-3", "k-3").outcome == Outcome::voided);
  }

  TEST_CASE("what was taken cannot be released") {
    Shop shop;
    auto& ask = shop.patient();
    const auto held = ask.authorize(key, "test_ok", 100);
    ask.capture("c-1", held.gateway_ref, 1);
    const auto answer = ask.release("v-1", key);
    CHECK(answer.outcome == Outcome::failed);
    CHECK(answer.reason == "already_captured");
  }
}

TEST_SUITE("payment gateway: customers") {
  TEST_CASE("a payment waits for its customer, and goes on when they have acted") {
    Shop shop;
    auto& ask = shop.patient();
    const auto waiting = ask.authorize(key, "test_3ds");
    REQUIRE(waiting.outcome == Outcome::action_required);
    CHECK(shop.statement().empty());
    CHECK(ask.capture("c-0", waiting.gateway_ref, 1).outcome == Outcome::failed);
    const auto base = "http://127.0.0.1:" + std::to_string(shop.port());
    REQUIRE(waiting.action_url.starts_with(base));
    for (int i = 0; i < 2; ++i) {
      shop.post(waiting.action_url.substr(base.size()), json::object(), "");
      CHECK(shop.status == 200);
    }
    CHECK(ask.look_up(key).outcome == Outcome::authorized);
    CHECK(lines_with(shop, key) == 1);
    const auto events = shop.mailbox.wait(3);
    CHECK(types(events) == std::vector<std::string>{"action_required", "failed", "authorized"});
    CHECK(events[0]["action_url"] == waiting.action_url);
    CHECK(events[2]["action_url"].is_null());
  }

  TEST_CASE("a customer who fails is declined; one who comes after a release is sent away") {
    Shop shop;
    auto& ask = shop.patient();
    const auto act = [&](const GatewayAnswer& waiting, const char* outcome) {
      return shop.post(
          "/v1/payments/" + waiting.gateway_ref + "/complete_action", {{"outcome", outcome}}, "");
    };
    act(ask.authorize(key, "test_3ds"), "declined");
    const auto declined = ask.look_up(key);
    CHECK(declined.outcome == Outcome::declined);
    CHECK(declined.reason == "authentication_failed");

    const auto released = ask.authorize("k-2", "test_3ds");
    CHECK(ask.release("v-2", "k-2").outcome == Outcome::voided);
    CHECK(act(released, "authorized")["error"] == "no_action_required");
    CHECK(shop.status == 409);
    CHECK(ask.look_up("k-2").outcome == Outcome::voided);
    CHECK(shop.statement().empty());
  }
}

TEST_SUITE("payment gateway: webhooks") {
  TEST_CASE("every outcome is told, with what is needed to know whose it is") {
    Shop shop;
    auto& ask = shop.patient();
    const auto held = ask.authorize(key, "test_ok", 700);
    ask.capture("c-1", held.gateway_ref, 700);
    ask.refund("r-1", held.gateway_ref, 200);
    ask.refund("r-2", held.gateway_ref, 501);
    const auto events = shop.mailbox.wait(4);
    CHECK(
        types(events) == std::vector<std::string>{"authorized", "captured", "refunded", "failed"});
    for (const auto& event : events) {
      CHECK(event["payment_id"] == "pay-1");
      CHECK(event["gateway_ref"] == held.gateway_ref);
      CHECK(event["metadata"]["correlation_id"] == "cor-1");
    }
    CHECK(events[0]["key"] == key);
    CHECK(events[0]["amount"] == 700);
    CHECK(events[0]["reason"].is_null());
    CHECK(events[2]["amount"] == 200);
    CHECK(events[3]["reason"] == "exceeds_captured");
  }

  TEST_CASE("one that is not taken is sent again until it is, across restarts") {
    Shop shop;
    shop.mailbox.refuse(3);
    shop.patient().authorize(key, "test_ok");
    CHECK(shop.mailbox.wait(1)[0]["key"] == key);
    shop.mailbox.refuse(1'000'000);
    shop.patient().authorize("k-2", "test_ok");
    shop.reopen();
    shop.mailbox.refuse(0);
    CHECK(shop.mailbox.wait(2)[1]["key"] == "k-2");
  }

  TEST_CASE("an outcome that only the webhook brings is unknown until it has come") {
    Shop shop;
    shop.mailbox.refuse(1'000'000);
    auto& ask = shop.patient();
    const auto pending = ask.authorize(key, "test_webhook_only");
    CHECK(pending.outcome == Outcome::unknown);
    CHECK_FALSE(pending.gateway_ref.empty());
    CHECK(ask.look_up(key).outcome == Outcome::unknown);
    shop.mailbox.refuse(0);
    CHECK(shop.mailbox.wait(1)[0]["type"] == "authorized");
    CHECK(support::eventually([&] { return ask.look_up(key).outcome == Outcome::authorized; }));
  }

  TEST_CASE("a release need not wait for the webhook") {
    Shop shop;
    shop.mailbox.refuse(1'000'000);
    auto& ask = shop.patient();
    ask.authorize(key, "test_webhook_only");
    CHECK(ask.release("v-1", key).outcome == Outcome::voided);
    CHECK(ask.look_up(key).outcome == Outcome::voided);
  }

  TEST_CASE("webhooks come twice and in the wrong order") {
    Shop shop;
    auto& ask = shop.patient();
    const auto held = ask.authorize(key, "test_webhook_chaos", 100);
    CHECK(held.outcome == Outcome::authorized);
    CHECK(ask.capture("c-1", held.gateway_ref, 100).outcome == Outcome::captured);
    const auto events = shop.mailbox.wait(4);
    CHECK(
        types(events) ==
        std::vector<std::string>{"captured", "captured", "authorized", "authorized"});
    CHECK(events[0] == events[1]);
    CHECK(events[2] == events[3]);
  }
}

TEST_SUITE("payment gateway: its own HTTP") {
  TEST_CASE("keys are looked up by any visible characters") {
    Shop shop;
    std::string all;
    for (char c = '!'; c <= '~'; ++c) all += c;
    CHECK(shop.patient().authorize(all, "test_ok").outcome == Outcome::authorized);
    CHECK(shop.patient().look_up(all).outcome == Outcome::authorized);
    CHECK(shop.get("/v1/requests/" + http::encode_segment(all))["status"] == "authorized");
  }

  TEST_CASE("what is malformed is told, and binds nothing") {
    Shop shop;
    const json good{
        {"amount", 1}, {"currency", "EUR"}, {"method", "test_ok"}, {"reference", "pay-1"}};
    const auto with = [&](const char* name, const json& value) {
      auto body = good;
      body[name] = value;
      return body;
    };
    for (const auto& body :
         {json::array(),
          json::object(),
          with("amount", -1),
          with("amount", 1.5),
          with("amount", "1"),
          with("amount", std::uint64_t{1} << 63),
          with("currency", "euro"),
          with("reference", ""),
          with("reference", std::string(201, 'x')),
          with("method", nullptr)}) {
      CAPTURE(body.dump());
      CHECK(shop.post("/v1/payments", body, key)["error"] == "malformed");
      CHECK(shop.status == 400);
    }
    CHECK(shop.post("/v1/payments", good, "")["error"] == "malformed");
    CHECK(shop.post("/v1/payments", good, std::string(513, 'k'))["error"] == "malformed");
    CHECK(shop.get("/v1/statement?from=yesterday")["error"] == "malformed");
    CHECK(shop.post("/v1/payments", good, key)["status"] == "authorized");
    CHECK(shop.get("/healthz")["status"] == "alive");
  }
}
