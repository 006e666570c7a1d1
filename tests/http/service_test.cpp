// What the service says about itself: the API document, health, metrics, pages.

#include <doctest/doctest.h>

#include <set>

#include "gateways/http/router.hpp"
#include "schemas/json.hpp"
#include "tests/http/gateway.hpp"

using namespace http_test;
using Json = nlohmann::json;

namespace {

template <class Visit>
void each_reference(const Json& value, Visit&& visit) {
  if (value.is_object() && value.contains("$ref")) visit(value["$ref"].get<std::string>());
  if (value.is_structured())
    for (const auto& inner : value) each_reference(inner, visit);
}

template <class Visit>
void each_operation(const Json& document, Visit&& visit) {
  for (const auto& [path, methods] : document["paths"].items())
    for (const auto& [method, operation] : methods.items()) visit(path, method, operation);
}

std::string filled(std::string path, const Json& operation) {
  for (const auto& parameter : operation["parameters"]) {
    if (!parameter.contains("name") || parameter["in"] != "path") continue;
    const auto hole = "{" + parameter["name"].get<std::string>() + "}";
    path.replace(path.find(hole), hole.size(), parameter.value("example", "x-1"));
  }
  return path;
}

}  // namespace

TEST_SUITE("http: API document") {
  TEST_CASE("it is served, and every reference in it resolves") {
    Gateway gateway;
    Client client{gateway.port()};
    const auto document = client.get("/openapi.json").json();
    CHECK(document["openapi"] == "3.1.0");
    std::set<std::string> references;
    each_reference(document, [&](const std::string& reference) { references.insert(reference); });
    CHECK(references.size() > 20);
    for (const auto& reference : references) {
      CAPTURE(reference);
      CHECK(document.contains(Json::json_pointer{reference.substr(1)}));
    }
  }

  TEST_CASE("operation ids are there once each") {
    const Gateway gateway;
    std::set<std::string> ids;
    each_operation(
        Json::parse(gateway.api().openapi()),
        [&](const auto& path, const auto& method, const Json& operation) {
          CAPTURE(path);
          CAPTURE(method);
          CHECK(ids.insert(operation.at("operationId")).second);
          CHECK_FALSE(operation.at("summary").get<std::string>().empty());
          CHECK(operation.at("responses").contains("200"));
        });
    CHECK(ids.contains("ReserveStock"));
    CHECK(ids.contains("post_inventory_reserve_inventory_id"));
  }

  TEST_CASE("path parameters are declared, and only those") {
    const Gateway gateway;
    each_operation(
        Json::parse(gateway.api().openapi()),
        [&](const std::string& path, const auto&, const Json& operation) {
          CAPTURE(path);
          std::vector<std::string> declared;
          for (const auto& parameter : operation["parameters"])
            if (parameter.value("in", "") == "path") declared.push_back(parameter["name"]);
          CHECK(declared == http::parameters_of(path));
        });
  }

  TEST_CASE("every example of a command is accepted at its own address") {
    Gateway gateway;
    Client client{gateway.port()};
    std::set<std::string> commands;
    each_operation(
        Json::parse(gateway.api().openapi()),
        [&](const std::string& path, std::string method, const Json& operation) {
          // Webhooks have no examples: nobody but their senders can sign any.
          if (path == "/commands" || path.starts_with("/webhooks/") ||
              !operation.contains("requestBody"))
            return;
          for (const auto& [name, example] :
               operation["requestBody"]["content"]["application/json"]["examples"].items()) {
            CAPTURE(path);
            CAPTURE(name);
            for (auto& c : method) c = static_cast<char>(std::toupper(c));
            const auto answer = client.request(
                method,
                filled(path, operation),
                example["value"].dump(),
                {"Content-Type: application/json"});
            CHECK_MESSAGE(answer.status == 200, answer.body);
            CHECK(gateway.engine.last().type->name == name);
            commands.insert(name);
          }
        });
    std::size_t declared = 0;
    for (const auto& table : schemas::platform().tables())
      declared += table.role == schemas::Role::command;
    CHECK(commands.size() == declared);
  }

  TEST_CASE("each operation lists the codes its command may be refused with") {
    const Gateway gateway;
    const auto document = Json::parse(gateway.api().openapi());
    const auto& responses =
        document["paths"]["/inventory/reserve/{inventory_id}"]["post"]["responses"];
    CHECK(
        responses["422"]["description"].get<std::string>().find("inventory/insufficient_stock") !=
        std::string::npos);
    CHECK(responses["404"]["description"] == "not_found");
    const auto& problem = responses["422"]["content"]["application/problem+json"]["schema"];
    CHECK(problem["allOf"][1]["properties"]["status"]["const"] == 422);
    CHECK(responses["422"]["headers"].contains("Construct-Correlation-Id"));
    CHECK(responses.contains("412"));
    CHECK(responses["503"]["headers"].contains("Retry-After"));
  }
}

TEST_SUITE("http: service") {
  TEST_CASE("it is alive at once and ready when it says so") {
    Gateway gateway;
    Client client{gateway.port()};
    CHECK(client.get("/healthz").status == 200);
    CHECK(client.get("/readyz").status == 200);
    gateway.not_ready = "The view stock is still loading; wait.";
    const auto answer = client.get("/readyz");
    CHECK(answer.status == 503);
    CHECK(answer.json()["detail"] == "The view stock is still loading; wait.");
    CHECK(client.get("/healthz").status == 200);
  }

  TEST_CASE("metrics count requests by route and status") {
    Gateway gateway;
    Client client{gateway.port()};
    client.get("/inventory/none");
    client.get("/inventory/none");
    client.get("/nowhere");
    client.request("POST", "/commands", "x\ny\n", {"Content-Type: application/x-ndjson"});
    const auto text = client.get("/metrics").body;
    for (const auto* line :
         {"construct_http_requests_total{route=\"GET /inventory/{id}\",status=\"404\"} 2\n",
          "construct_http_requests_total{route=\"POST /commands\",status=\"400\"} 2\n",
          "construct_http_requests_total{route=\"none\",status=\"404\"} 1\n",
          "construct_http_request_duration_seconds_count{route=\"GET /inventory/{id}\"} 2\n",
          "construct_http_request_duration_seconds_bucket{route=\"GET "
          "/inventory/{id}\",le=\"+Inf\"} 2\n",
          "# TYPE construct_http_request_duration_seconds histogram\n",
          "construct_http_connections 1\n",
          "construct_http_in_flight 1\n",
          "construct_more 1\n"}) {
      CAPTURE(line);
      CHECK(text.find(line) != std::string::npos);
    }
  }

  TEST_CASE("the type of every problem leads to its explanation, for people and for machines") {
    Gateway gateway;
    Client client{gateway.port()};
    const auto listed = client.get("/problems").json()["items"];
    CHECK(listed.size() > 30);
    for (const auto& problem : listed) {
      CAPTURE(problem.dump());
      CHECK(client.get(problem["type"].get<std::string>()).json() == problem);
      const auto page =
          client.get(problem["type"].get<std::string>(), {"Accept: text/html,*/*;q=0.8"});
      CHECK(page.header("content-type") == "text/html; charset=utf-8");
    }
    CHECK(client.get("/problems/no/such").status == 404);
    CHECK(
        client.get("/problems", {"Accept: text/html"}).body.find("inventory/insufficient_stock") !=
        std::string::npos);
  }

  TEST_CASE("pages for people need nothing from elsewhere") {
    Gateway gateway;
    Client client{gateway.port()};
    for (const auto* target : {"/", "/docs", "/problems"}) {
      const auto page = client.get(target, {"Accept: text/html"}).body;
      CHECK(page.starts_with("<!doctype html>"));
      CHECK(page.find("http://") == std::string::npos);
      CHECK(page.find("https://") == std::string::npos);
    }
    CHECK(client.get("/").json()["docs"] == "/docs");
  }

  TEST_CASE("a route that does not fit the schema or the views stops the start") {
    http::Routes routes{schemas::platform()};
    CHECK_THROWS_WITH(
        routes.command("POST", "/x/{id}", "CreateStockItem"),
        "/x/{id}: CreateStockItem has no field id; name parameters as the fields they give");
    CHECK_THROWS_AS(routes.command("POST", "/x", "NoSuch"), std::invalid_argument);
    CHECK_THROWS_AS(
        routes.one_of("POST", "/x", {"CreateStockItem", "ReleaseReservation", "ExpireReservation"}),
        std::invalid_argument);
    CHECK_THROWS_AS(
        routes.row("/x", {.view = "v", .table = "t", .row = "StockItemRow"}),
        std::invalid_argument);
    CHECK_THROWS_AS(
        routes.list("/x", {.view = "v", .table = "t", .row = "ReserveStock"}),
        std::invalid_argument);
    CHECK_THROWS_WITH_AS(
        routes.list("/x", {.view = "stock", .table = "items", .row = "TransferRow"}),
        "/x: the view stock has no table items of TransferRow; name one that it has",
        std::invalid_argument);
    CHECK_THROWS_WITH(
        routes.row(
            "/x",
            {.view = "stock",
             .table = "items",
             .row = "StockItemRow",
             .parameters = {{"product_id", "location_id"}}}),
        "/x: items has no index location_id that begins with product_id");
    CHECK_THROWS_AS(
        routes.row(
            "/x/{id}",
            {.view = "stock", .table = "items", .row = "StockItemRow", .parameters = {{"id"}}}),
        std::invalid_argument);
    routes.row("/x/{id}", {.view = "elsewhere", .table = "t", .row = "StockItemRow"});
    ScriptedEngine engine;
    MemoryStreams streams;
    ScriptedFlows flows;
    const http::Dependencies dependencies{
        .engine = engine,
        .views = {},
        .streams = streams,
        .flows = flows,
        .digest_key = "sixteen bytes ok"};
    CHECK_THROWS_WITH(
        (http::Api{dependencies, routes}),
        "/x/{id} reads the view elsewhere, which is not open here; open it");
  }
}
