// What other companies post here: who is believed, and what becomes of it.
#include <doctest/doctest.h>
#include <fmt/format.h>

#include "gateways/http/signature.hpp"
#include "schemas/inventory.hpp"
#include "tests/http/gateway.hpp"

using namespace http_test;
using http::Signed;
using std::chrono::seconds;

namespace {

constexpr std::string_view secret = webhook_secret;
constexpr seconds tolerance{300};

Signed check(std::string_view signature, std::string_view body) {
  return http::check_signature(signature, secret, body, now, tolerance);
}

const std::string message =
    R"({"event_id":"ev-1","inventory_id":"sku-1","quantity":2,"source_ref":"po-7","new":[1,{}]})";

Answer post(
    Gateway& gateway,
    const std::string& body,
    const std::string& signature,
    const std::string& path = "/webhooks/test") {
  Client client{gateway.port()};
  return client.request("POST", path, body, {"Gateway-Signature: " + signature});
}

Answer post_signed(Gateway& gateway, const std::string& body = message) {
  return post(gateway, body, http::make_signature(secret, now, body));
}

}  // namespace

TEST_SUITE("http: signatures") {
  TEST_CASE("what was signed is believed") {
    CHECK(check(http::make_signature(secret, now, "body"), "body") == Signed::well);
    CHECK(check(http::make_signature(secret, now, ""), "") == Signed::well);
  }

  TEST_CASE("it is the HMAC that others make, too") {
    CHECK(
        http::make_signature("key", std::chrono::sys_seconds{seconds{1}}, "{}") ==
        "t=1,v1=1ba6b8171186efc613e8bcc0cbdab2748f24984d7c5a84faa2637afa0e40d224");
  }

  TEST_CASE("any changed byte, of the body or the signature, is noticed") {
    const std::string body = R"({"amount":100})";
    const auto signature = http::make_signature(secret, now, body);
    for (std::size_t i = 0; i < body.size(); ++i) {
      auto changed = body;
      changed[i] ^= 1;
      CHECK(check(signature, changed) == Signed::wrong);
    }
    for (std::size_t i = 0; i < signature.size(); ++i) {
      auto changed = signature;
      changed[i] ^= 1;
      CAPTURE(changed);
      CHECK(check(changed, body) != Signed::well);
    }
  }

  TEST_CASE("another secret's signature is wrong, and nobody signs with nothing") {
    CHECK(check(http::make_signature("another secret", now, "body"), "body") == Signed::wrong);
    CHECK(
        http::check_signature(http::make_signature("", now, "body"), "", "body", now, tolerance) ==
        Signed::wrong);
  }

  TEST_CASE("what is no signature is wrong") {
    for (const auto* signature :
         {"", "t=", "v1=", "t=,v1=", "t=x,v1=00", "t=99999999999999999999,v1=00", "v1=00,v1=00"})
      CHECK(check(signature, "body") == Signed::wrong);
  }

  TEST_CASE("it holds for the tolerance, into the past and the future, and no second longer") {
    const auto signed_at = [](seconds from_now) {
      return check(http::make_signature(secret, now + from_now, "body"), "body");
    };
    CHECK(signed_at(-tolerance) == Signed::well);
    CHECK(signed_at(tolerance) == Signed::well);
    CHECK(signed_at(-tolerance - seconds{1}) == Signed::too_long_ago);
    CHECK(signed_at(tolerance + seconds{1}) == Signed::too_long_ago);
  }

  TEST_CASE("the time cannot be changed without the secret") {
    const auto old = http::make_signature(secret, now - seconds{301}, "body");
    const auto fresh =
        fmt::format("t={}{}", now.time_since_epoch().count(), old.substr(old.find(',')));
    CHECK(check(fresh, "body") == Signed::wrong);
  }

  TEST_CASE("one right signature of several is enough, so that a secret can be changed") {
    const auto right = http::make_signature(secret, now, "body");
    const auto other = http::make_signature("the next secret", now, "body");
    CHECK(check(right + "," + other.substr(other.find(',') + 1), "body") == Signed::well);
    CHECK(check(other + "," + right.substr(right.find(',') + 1), "body") == Signed::well);
  }
}

TEST_SUITE("http: webhooks") {
  TEST_CASE(
      "a signed message becomes a command under its own id; fields not known are passed over") {
    Gateway gateway;
    const auto answer = post_signed(gateway);
    CHECK(answer.status == 200);
    CHECK(answer.header("idempotency-key") == "ev-1");
    const auto command = gateway.engine.last();
    CHECK(command.type->name == "ReceiveStock");
    CHECK(command.client == "webhook");
    CHECK(command.actor == "webhook");
    CHECK(command.key == "ev-1");
    CHECK_FALSE(command.key_is_new);
    inventory::ReceiveStock received;
    decode(command.body, received);
    CHECK(received.quantity == 2);
  }

  TEST_CASE("a message that gives a correlation back is part of what began it") {
    Gateway gateway;
    const auto with = [&](const std::string& metadata) {
      post_signed(
          gateway, R"({"metadata":)" + metadata + ',' + message.substr(message.find('{') + 1));
      return gateway.engine.last().correlation;
    };
    CHECK(with(R"({"more":[1],"correlation_id":"walk","causation_id":"commit 41"})") == "walk");
    CHECK(gateway.engine.last().causation == "commit 41");
    with(R"({"correlation_id":"walk","causation_id":"no cause"})");
    CHECK(gateway.engine.last().causation.empty());
    // Never what could not be one: then it is a new one.
    for (const auto* metadata :
         {"null",
          "7",
          "{}",
          R"({"correlation_id":7})",
          R"({"correlation_id":""})",
          R"({"correlation_id":"two words"})"}) {
      CAPTURE(metadata);
      CHECK(with(metadata).size() == 36);
    }
  }

  TEST_CASE("a repeat is the same command, and answered alike") {
    Gateway gateway;
    const auto first = post_signed(gateway);
    const auto again =
        post(gateway, message, http::make_signature(secret, now - seconds{60}, message));
    CHECK(again.status == 200);
    CHECK(again.body == first.body);
    const auto commands = gateway.engine.commands();
    REQUIRE(commands.size() == 2);
    CHECK(commands[0].digest == commands[1].digest);
    CHECK(commands[0].key == commands[1].key);
  }

  TEST_CASE("200 is said of what began an aggregate, too") {
    Gateway gateway;
    gateway.engine.decide = [](const engine::Command&) {
      return engine::Accepted{
          .position = {incarnation, 7}, .stream = "inventory/StockItem/sku-1", .created = true};
    };
    CHECK(post_signed(gateway).status == 200);
  }

  TEST_CASE("who does not sign rightly is refused, and nothing reaches the engine") {
    Gateway gateway;
    Client client{gateway.port()};
    CHECK(code(client.post("/webhooks/test", message)) == "payment/signature_invalid");
    CHECK(
        code(post(gateway, message, http::make_signature("wrong", now, message))) ==
        "payment/signature_invalid");
    CHECK(
        code(post(gateway, message + ' ', http::make_signature(secret, now, message))) ==
        "payment/signature_invalid");
    const auto old =
        post(gateway, message, http::make_signature(secret, now - seconds{301}, message));
    CHECK(code(old) == "payment/too_old");
    CHECK(old.status / 100 == 4);
    CHECK(gateway.engine.commands().empty());
  }

  TEST_CASE("a signed message that is not what it must be is malformed") {
    Gateway gateway;
    for (const auto* body :
         {"",
          "[]",
          "{}",
          R"({"event_id":7})",
          R"({"event_id":""})",
          R"({"event_id":"ev-1"})",
          R"({"event_id":"ev-1","inventory_id":"sku-1","quantity":"2","source_ref":"po-7"})"}) {
      CAPTURE(body);
      const auto answer = post_signed(gateway, body);
      CHECK(answer.status == 400);
      CHECK(code(answer) == "malformed");
    }
    CHECK(gateway.engine.commands().empty());
  }

  TEST_CASE(
      "what the engine cannot take now is to be sent again; what the domain refuses is told") {
    Gateway gateway;
    for (const auto failure : {engine::Failure::unavailable, engine::Failure::outcome_unknown}) {
      gateway.engine.decide = [&](const engine::Command&) { return failure; };
      CHECK(post_signed(gateway).status == 503);
    }
    gateway.engine.decide = [](const engine::Command&) {
      return engine::Rejected{.code = "not_found", .position = {incarnation, 7}};
    };
    CHECK(post_signed(gateway).status == 404);
  }

  TEST_CASE("without its secret a webhook believes nobody, and asks for it to be configured") {
    Gateway gateway;
    const auto answer =
        post(gateway, message, http::make_signature("", now, message), "/webhooks/unconfigured");
    CHECK(answer.status == 503);
    CHECK(gateway.engine.commands().empty());
  }

  TEST_CASE("a declaration that does not fit the schema stops the start") {
    http::Routes routes{schemas::platform()};
    CHECK_THROWS_AS(routes.webhook("/x", {.command = "NoSuch"}), std::invalid_argument);
    CHECK_THROWS_AS(routes.webhook("/x/{id}", {.command = "ReceiveStock"}), std::invalid_argument);
  }
}
