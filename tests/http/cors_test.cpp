// What a browser asks and is told on behalf of a page of another origin.

#include "gateways/http/cors.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <thread>

#include "tests/http/gateway.hpp"

using namespace http_test;

namespace {

const std::string shop = "Origin: https://shop.example";

std::string told_to(const Answer& answer) { return answer.header("access-control-allow-origin"); }

bool has_cors(const Answer& answer) {
  return std::ranges::any_of(answer.headers, [](const auto& header) {
    return header.first.starts_with("access-control-");
  });
}

bool names(const std::string& list, const std::string& name) {
  return (", " + list + ",").find(", " + name + ",") != std::string::npos;
}

Answer preflight(
    const Gateway& gateway,
    const std::string& path,
    const std::string& method,
    const std::string& origin = shop) {
  return Client{gateway.port()}.request(
      "OPTIONS",
      path,
      "",
      {origin,
       "Access-Control-Request-Method: " + method,
       "Access-Control-Request-Headers: content-type,idempotency-key"});
}

}  // namespace

TEST_SUITE("http: CORS") {
  TEST_CASE("a preflight is told the methods of the address and the headers of the contract") {
    const Gateway gateway;
    const std::pair<const char*, const char*> addresses[] = {
        {"/commands/inventory/CreateStockItem", "POST"},
        {"/commands", "POST"},
        {"/inventory/sku-1", "GET"},
        {"/inventory/reserve/sku-1", "POST"},
        {"/streams/inventory/StockItem/sku-1", "GET"},
        {"/flows", "GET"},
        {"/openapi.json", "GET"}};
    for (const auto& [path, method] : addresses) {
      CAPTURE(path);
      const auto answer = preflight(gateway, path, method);
      CHECK(answer.status == 204);
      CHECK(answer.body.empty());
      CHECK(told_to(answer) == "https://shop.example");
      CHECK(names(answer.header("access-control-allow-methods"), method));
      CHECK(answer.header("access-control-max-age") == "7200");
      for (const auto* name :
           {"Content-Type",
            "Idempotency-Key",
            "If-Match",
            "If-None-Match",
            "Construct-Min-Position",
            "Construct-Correlation-Id",
            "Prefer",
            "Last-Event-ID"}) {
        CAPTURE(name);
        CHECK(names(answer.header("access-control-allow-headers"), name));
      }
    }
  }

  TEST_CASE("an OPTIONS that is no preflight is told the methods") {
    const Gateway gateway;
    const auto answer = Client{gateway.port()}.request("OPTIONS", "/inventory/sku-1", "", {});
    CHECK(answer.status == 204);
    CHECK(answer.header("allow") == "GET, HEAD, OPTIONS");
    CHECK(answer.header("vary") == "Origin");
    CHECK_FALSE(has_cors(answer));
    CHECK(preflight(gateway, "/nowhere", "GET").status == 404);
  }

  TEST_CASE("an answer says whose page may read it, and names every header that is sent") {
    Gateway gateway;
    gateway.engine.decide = [](const engine::Command&) {
      return engine::Accepted{
          .position = {incarnation, 7},
          .stream = "inventory/StockItem/sku-1",
          .version = 1,
          .events = {"StockItemCreated"},
          .created = true,
          .replayed = true};
    };
    const auto answer = Client{gateway.port()}.post(
        "/commands/inventory/CreateStockItem",
        R"({"inventory_id":"sku-1","product_id":"p-1","location_id":"main"})",
        {shop});
    CHECK(answer.status == 201);
    CHECK(told_to(answer) == "https://shop.example");
    CHECK(answer.header("vary") == "Origin");
    const auto exposed = answer.header("access-control-expose-headers");
    const auto document = nlohmann::json::parse(gateway.api().openapi());
    for (const auto& [name, described] : document["components"]["headers"].items()) {
      CAPTURE(name);
      CHECK(names(exposed, name));
    }
    std::string lower = exposed;
    std::ranges::transform(lower, lower.begin(), [](char c) { return std::tolower(c); });
    for (const auto& [name, value] : answer.headers) {
      const bool of_http = name == "date" || name == "content-type" || name == "content-length" ||
                           name == "vary" || name.starts_with("access-control-");
      CAPTURE(name);
      CHECK((of_http || names(lower, name)));
    }
  }

  TEST_CASE("errors may be read, whoever found them") {
    Gateway gateway;
    gateway.engine.decide = [](const engine::Command&) {
      return engine::Rejected{.code = "inventory/already_exists", .position = {incarnation, 7}};
    };
    const auto expect = [](const Answer& answer, int status) {
      CHECK(answer.status == status);
      CHECK(told_to(answer) == "https://shop.example");
      CHECK(answer.header("vary") == "Origin");
    };
    const auto* body = R"({"inventory_id":"sku-1","product_id":"p-1","location_id":"main"})";
    const auto* create = "/commands/inventory/CreateStockItem";
    expect(Client{gateway.port()}.post(create, body, {shop}), 422);
    expect(Client{gateway.port()}.post(create, "{", {shop}), 400);
    expect(Client{gateway.port()}.get(create, {shop}), 405);
    expect(Client{gateway.port()}.get("/nowhere", {shop}), 404);
    expect(Client{gateway.port()}.get("/inventory/sku-1", {shop}), 404);
    expect(Client{gateway.port()}.get("/a?b=%ff", {shop}), 400);
    expect(Client{gateway.port()}.get("/", {shop, "Expect: miracles"}), 417);
    expect(Client{gateway.port()}.post(create, std::string(2u << 20, 'x'), {shop}), 413);
  }

  TEST_CASE("answers that go on may be read: lines and events") {
    Gateway gateway;
    gateway.view.put("items", item_row("sku-1", 5));
    const auto lines = Client{gateway.port()}.post(
        "/commands", "{}\n", {shop, "Content-Type: application/x-ndjson"});
    CHECK(lines.status == 200);
    CHECK(told_to(lines) == "https://shop.example");
    Client follower{gateway.port()};
    follower.send(
        "GET /inventory/sku-1 HTTP/1.1\r\nHost: test\r\nAccept: text/event-stream\r\n" + shop +
        "\r\n\r\n");
    const auto events = follower.receive_head_only();
    CHECK(events.header("content-type") == "text/event-stream");
    CHECK(told_to(events) == "https://shop.example");
    CHECK(events.header("vary") == "Origin");
  }

  TEST_CASE("a page of any other origin is told nothing") {
    const Gateway gateway;
    for (const auto* origin :
         {"https://evil.example",
          "http://shop.example",
          "https://shop.example:8443",
          "https://shop.example.evil.example",
          "http://localhost.evil.example",
          "http://localhost:80.evil.example",
          "http://localhost:",
          "null"}) {
      CAPTURE(origin);
      const auto header = std::string{"Origin: "} + origin;
      const auto answer = Client{gateway.port()}.get("/healthz", {header});
      CHECK(answer.status == 200);
      CHECK(answer.header("vary") == "Origin");
      CHECK_FALSE(has_cors(answer));
      CHECK_FALSE(has_cors(preflight(gateway, "/commands", "POST", header)));
    }
    for (const auto* origin : {"http://localhost", "http://localhost:5173"})
      CHECK(
          told_to(Client{gateway.port()}.get("/healthz", {std::string{"Origin: "} + origin})) ==
          origin);
  }

  TEST_CASE("only origins are taken for such") {
    for (const auto* good :
         {"", "https://shop.example", "http://[::1]:*, http://127.0.0.1:3000", "tauri://localhost"})
      CHECK(http::Cors::parse(good));
    for (const auto* bad :
         {"*",
          "shop.example",
          "https://shop.example/",
          "https://Shop.example",
          "https://*.example",
          "http://a, b",
          "http://a:port",
          "null"}) {
      CAPTURE(bad);
      CHECK_FALSE(http::Cors::parse(bad));
    }
  }
}
