// Commands over HTTP: what reaches the engine, and what its answers become.

#include <doctest/doctest.h>

#include <future>
#include <thread>

#include "schemas/json.hpp"
#include "tests/http/gateway.hpp"

using namespace http_test;

namespace {

const std::string create = "/commands/inventory/CreateStockItem";
const std::string item = R"({"inventory_id":"sku-1","product_id":"p-1","location_id":"main"})";

}  // namespace

TEST_SUITE("http: commands") {
  TEST_CASE("an accepted command is answered as the contract says") {
    Gateway gateway;
    Client client{gateway.port()};
    const auto answer =
        client.post(create, item, {"Idempotency-Key: k-1", "Construct-Correlation-Id: c-1"});
    CHECK(answer.status == 200);
    CHECK(
        answer.body ==
        R"({"position":"5f0c2a91-7","stream":"inventory/StockItem/sku-1","version":3,"events":["CreateStockItemDone"]})");
    CHECK(answer.header("content-type") == "application/json");
    CHECK(answer.header("construct-position") == "5f0c2a91-7");
    CHECK(answer.header("etag") == "\"3-7\"");
    CHECK(answer.header("idempotency-key") == "k-1");
    CHECK(answer.header("construct-correlation-id") == "c-1");
    CHECK(answer.header("idempotent-replayed").empty());
    const auto command = gateway.engine.last();
    CHECK(command.type->name == "CreateStockItem");
    CHECK(command.key == "k-1");
    CHECK_FALSE(command.key_is_new);
    CHECK(command.correlation == "c-1");
    CHECK(command.digest.size() == 32);
    CHECK_FALSE(command.if_match);
  }

  TEST_CASE("a command that begins an aggregate is a 201 with its address") {
    Gateway gateway;
    Client client{gateway.port()};
    const auto created = [&](std::string stream) {
      gateway.engine.decide = [stream](const auto&) {
        return engine::Accepted{
            .position = {incarnation, 1}, .stream = stream, .version = 1, .created = true};
      };
      const auto answer = client.post(create, item);
      CHECK(answer.status == 201);
      return answer.header("location");
    };
    CHECK(created("inventory/StockItem/sku-1") == "/inventory/sku-1");
    CHECK(created("inventory/Transfer/t-1") == "/inventory/transfers/t-1");
    CHECK(created("inventory/Location/main") == "/streams/inventory/Location/main");
  }

  TEST_CASE(
      "without a key and a correlation id the command gets new ones, and the client learns them") {
    Gateway gateway;
    Client client{gateway.port()};
    const auto one = client.post(create, item), two = client.post(create, item);
    CHECK(one.header("idempotency-key").size() == 36);
    CHECK(one.header("idempotency-key")[14] == '7');
    CHECK(one.header("idempotency-key") != two.header("idempotency-key"));
    CHECK(one.header("construct-correlation-id").size() == 36);
    CHECK(gateway.engine.last().key == two.header("idempotency-key"));
    CHECK(gateway.engine.last().key_is_new);
  }

  TEST_CASE("a replayed answer says so") {
    Gateway gateway;
    gateway.engine.decide = [](const auto&) {
      return engine::Accepted{
          .position = {incarnation, 1},
          .stream = "inventory/StockItem/a",
          .version = 1,
          .replayed = true};
    };
    Client client{gateway.port()};
    CHECK(client.post(create, item).header("idempotent-replayed") == "true");
  }

  TEST_CASE("the digest is of the command and its canonical body, nothing else") {
    Gateway gateway;
    Client client{gateway.port()};
    const auto digest = [&](std::string_view target, std::string_view body) {
      CHECK(client.post(target, body).status == 200);
      return gateway.engine.last().digest;
    };
    const auto reference = digest(create, item);
    CHECK(
        digest(
            create,
            R"({ "location_id":"main", "variant_id":null, "product_id":"p-1","inventory_id":"sku-1" })") ==
        reference);
    CHECK(
        digest(create, R"({"inventory_id":"sku-2","product_id":"p-1","location_id":"main"})") !=
        reference);
    const auto released = digest(
        "/commands/inventory/ReleaseReservation", R"({"inventory_id":"a","reservation_id":"r"})");
    CHECK(
        digest(
            "/commands/inventory/ExpireReservation",
            R"({"inventory_id":"a","reservation_id":"r"})") != released);
  }

  TEST_CASE("REST paths are thin names: their parameters become fields") {
    Gateway gateway;
    Client client{gateway.port()};
    CHECK(
        client
            .post(
                "/inventory/reserve/sku-1",
                R"({"reservation_id":"r-1","quantity":3,"order_id":"o-1"})")
            .status == 200);
    const auto command = gateway.engine.last();
    CHECK(command.type->name == "ReserveStock");
    CHECK(
        schemas::canonical_json(*command.type, command.body) ==
        R"({"inventory_id":"sku-1","order_id":"o-1","quantity":3,"reservation_id":"r-1"})");
    CHECK(client.request("DELETE", "/inventory/reserve/sku-1/r-1", "", {}).status == 200);
    CHECK(gateway.engine.last().type->name == "ReleaseReservation");
    CHECK(
        paths(client.post(
            "/inventory/reserve/sku-1",
            R"({"inventory_id":"sku-2","reservation_id":"r","quantity":1})")) == "/inventory_id");
    CHECK(
        client.post("/inventory/reserve/sku.*", R"({"reservation_id":"r","quantity":1})").status ==
        400);
  }

  TEST_CASE("where several commands share a path, the body's own fields decide") {
    Gateway gateway;
    Client client{gateway.port()};
    const auto sent = [&](std::string_view body) {
      const auto answer = client.request(
          "PUT", "/inventory/update/sku-1", body, {"Content-Type: application/json"});
      return answer.status == 200 ? gateway.engine.last().type->name
                                  : std::to_string(answer.status) + ' ' + code(answer);
    };
    CHECK(sent(R"({"quantity":10,"source_ref":"po-7"})") == "ReceiveStock");
    CHECK(sent(R"({"delta":-1,"reason":"broken"})") == "AdjustStock");
    CHECK(sent(R"({"counted":9,"reason":"yearly"})") == "RecordStockCount");
    CHECK(sent(R"({"reason":"yearly"})") == "400 malformed");
    CHECK(sent(R"({"counted":9,"delta":1,"reason":"both"})") == "400 malformed");
    CHECK(sent("[]") == "400 malformed");
    CHECK(sent("") == "400 malformed");
  }

  TEST_CASE("If-Match reaches the engine as a version") {
    Gateway gateway;
    Client client{gateway.port()};
    const auto version = [&](const std::string& etag) {
      const auto answer = client.post(create, item, {"If-Match: " + etag});
      return answer.status == 200 ? gateway.engine.last().if_match : std::nullopt;
    };
    CHECK(version("\"3-7\"") == 3);
    CHECK(version("\"12\"") == 12);
    CHECK(version("\"3-7-q\"") == 3);
    CHECK(client.post(create, item, {"If-Match: *"}).status == 200);
    CHECK_FALSE(gateway.engine.last().if_match);
    for (const auto* bad :
         {"3",
          "W/\"3-7\"",
          "\"\"",
          "\"x\"",
          "\"3-\"",
          "\"3-7\", \"4-8\"",
          "\"3-7x\"",
          "\"99999999999999999999\""}) {
      CAPTURE(bad);
      const auto answer = client.post(create, item, {std::string{"If-Match: "} + bad});
      CHECK(answer.status == 400);
      CHECK(paths(answer) == "header/If-Match");
    }
  }

  TEST_CASE("refusals of every kind become their problems") {
    Gateway gateway;
    Client client{gateway.port()};
    const auto answered = [&](engine::Answer answer) {
      gateway.engine.decide = [answer](const auto&) { return answer; };
      return client.post(create, item, {"Idempotency-Key: k", "Construct-Correlation-Id: c"});
    };
    const auto rejected = answered(engine::Rejected{
        .code = "inventory/insufficient_stock",
        .stream = "inventory/StockItem/sku-1",
        .details = {{"available", 3}},
        .position = {incarnation, 8}});
    CHECK(rejected.status == 422);
    CHECK(rejected.json()["available"] == 3);
    CHECK(rejected.json()["stream"] == "inventory/StockItem/sku-1");
    CHECK(rejected.json()["correlation_id"] == "c");
    CHECK(rejected.header("construct-position") == "5f0c2a91-8");
    CHECK(rejected.header("idempotency-key") == "k");
    CHECK(answered(engine::Rejected{.code = "not_found"}).status == 404);
    const auto stale =
        answered(engine::Stale{.stream = "s", .version = 5, .position = {incarnation, 8}});
    CHECK(stale.status == 412);
    CHECK(stale.json()["version"] == 5);
    CHECK(answered(engine::Failure::key_reused).status == 422);
    CHECK(answered(engine::Failure::too_large).status == 413);
    CHECK(answered(engine::Failure::damaged).status == 500);
    CHECK(answered(engine::Failure::unavailable).header("retry-after") == "1");
    const auto unknown = answered(engine::Failure::outcome_unknown);
    CHECK(unknown.status == 503);
    CHECK(unknown.json()["idempotency_key"] == "k");
    CHECK(unknown.json()["retryable"] == true);
  }

  TEST_CASE("all faults of a body are told at once, and nothing of it reaches the engine") {
    Gateway gateway;
    Client client{gateway.port()};
    const auto answer = client.post(
        "/commands/inventory/ReceiveStock",
        R"({"inventory_id":"a.b","quantity":"5","extra":1})",
        {"Idempotency-Key: k"});
    CHECK(answer.status == 400);
    CHECK(code(answer) == "malformed");
    for (const auto* path : {"/inventory_id", "/quantity", "/extra", "/source_ref"}) {
      CAPTURE(path);
      CHECK(paths(answer).find(path) != std::string::npos);
    }
    CHECK(answer.header("idempotency-key") == "k");
    for (const auto* body :
         {"",
          "{",
          "[1]",
          "null",
          R"({"inventory_id":"a","inventory_id":"a","quantity":1,"source_ref":"x"})",
          R"({"inventory_id":"a","quantity":0x10,"source_ref":"x"})",
          R"({"inventory_id":"a","quantity":1.0,"source_ref":"x"} // comment)"}) {
      CAPTURE(body);
      CHECK(client.post("/commands/inventory/ReceiveStock", body).status == 400);
    }
    CHECK(gateway.engine.commands().empty());
  }

  TEST_CASE("headers and parameters that mean nothing are refused") {
    Gateway gateway;
    Client client{gateway.port()};
    const auto fault = [&](std::vector<std::string> headers, std::string target = create) {
      const auto answer = client.post(target, item, std::move(headers));
      return std::to_string(answer.status) + ' ' + paths(answer);
    };
    CHECK(fault({"Idempotency-Key: a b"}) == "400 header/Idempotency-Key");
    CHECK(fault({"Idempotency-Key: "}) == "400 header/Idempotency-Key");
    CHECK(fault({"Idempotency-Key: " + std::string(256, 'k')}) == "400 header/Idempotency-Key");
    CHECK(fault({"Construct-Correlation-Id: \xc3\xa9"}) == "400 header/Construct-Correlation-Id");
    CHECK(fault({}, create + "?x=1") == "400 query/x");
    CHECK(client.post(create, item, {"Idempotency-Key: " + std::string(255, 'k')}).status == 200);
  }

  TEST_CASE("commands must be JSON and say so") {
    Gateway gateway;
    Client client{gateway.port()};
    const auto status = [&](std::vector<std::string> headers) {
      return client.request("POST", create, item, headers).status;
    };
    CHECK(status({}) == 415);
    CHECK(status({"Content-Type: text/plain"}) == 415);
    CHECK(status({"Content-Type: application/json; charset=latin1"}) == 415);
    CHECK(status({"Content-Type: Application/JSON; charset=UTF-8"}) == 200);
  }

  TEST_CASE("unknown commands, paths and methods are 404 and 405") {
    Gateway gateway;
    Client client{gateway.port()};
    CHECK(client.post("/commands/inventory/NoSuch", "{}").status == 404);
    CHECK(client.post("/commands/ordering/CreateStockItem", item).status == 404);
    const auto answer = client.get(create);
    CHECK(answer.status == 405);
    CHECK(answer.header("allow") == "POST, OPTIONS");
    CHECK(client.get("/nowhere").json()["correlation_id"].get<std::string>().size() == 36);
    CHECK(client.get("/inventory/%zz").status == 400);
  }

  TEST_CASE("the engine may answer late, from a thread of its own, and after the client is gone") {
    Gateway gateway;
    std::promise<engine::Reply> taken;
    gateway.engine.take = [&](engine::Command, engine::Reply reply) {
      taken.set_value(std::move(reply));
    };
    Client client{gateway.port()};
    client.send(
        "POST " + create +
        " HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: " +
        std::to_string(item.size()) + "\r\n\r\n" + item);
    auto reply = taken.get_future().get();
    std::thread{[&] { reply(engine::Failure::unavailable); }}.join();
    CHECK(client.receive().status == 503);
  }

  TEST_CASE("a reply that the engine forgets is a 500") {
    Gateway gateway;
    gateway.engine.take = [](engine::Command, engine::Reply) {};
    Client client{gateway.port()};
    CHECK(client.post(create, item).status == 500);
  }
}
