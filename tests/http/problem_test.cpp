#include "gateways/http/problem.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>

#include "schemas/model.hpp"

using http::Problem;
using Json = nlohmann::json;

TEST_SUITE("http: problems") {
  TEST_CASE("a problem has every member of the contract") {
    const auto document = Json::parse(http::to_json(
        {.code = "malformed",
         .detail = "No \"x\".",
         .fields = {{"/a", "wrong"}, {"/b", "worse"}},
         .correlation_id = "c-1"}));
    CHECK(
        document ==
        Json::parse(R"({"type":"/problems/malformed","title":"Malformed request","status":400,
        "code":"malformed","detail":"No \"x\".","fields":[{"path":"/a","message":"wrong"},{"path":"/b","message":"worse"}],
        "retryable":false,"correlation_id":"c-1"})"));
  }

  TEST_CASE(
      "a context's rejection is a 422, explained by its schema, with its details as members") {
    const auto response =
        http::to_response({.code = "inventory/insufficient_stock", .numbers = {{"available", 3}}});
    CHECK(response.status == 422);
    const auto document = Json::parse(response.body);
    CHECK(document["type"] == "/problems/inventory/insufficient_stock");
    CHECK(document["title"] == "Insufficient stock");
    CHECK(document["available"] == 3);
    CHECK(
        document["detail"] ==
        schemas::platform().rejection("inventory/insufficient_stock")->comment);
    CHECK_FALSE(document["correlation_id"].get<std::string>().empty());
  }

  TEST_CASE("common rejections have the statuses of the catalogue") {
    const std::vector<std::pair<std::string, unsigned>> expected{
        {"unauthenticated", 401},
        {"forbidden", 403},
        {"mfa_required", 403},
        {"reauth_required", 403},
        {"not_found", 404},
        {"gone", 410},
        {"rate_limited", 429},
        {"too_early", 422}};
    for (const auto& [code, status] : expected) {
      CAPTURE(code);
      CHECK(http::to_response({.code = code}).status == status);
    }
  }

  TEST_CASE("what may succeed later says so, and a 503 says when") {
    for (const auto* code : {"unavailable", "outcome_unknown", "view_behind", "quarantined"}) {
      const auto response = http::to_response({.code = code});
      CHECK(response.status == 503);
      CHECK(response.head.find("Retry-After: 1\r\n") != std::string::npos);
      CHECK(Json::parse(response.body)["retryable"] == true);
    }
  }

  TEST_CASE("every code is listed once, explained, and tells what to do in sentences") {
    std::set<std::string> seen;
    for (const auto& type : http::problem_types()) {
      CAPTURE(type.code);
      CHECK(seen.insert(type.code).second);
      CHECK(http::problem_type(type.code)->status == type.status);
      CHECK(type.explanation.ends_with("."));
      CHECK_FALSE(type.title.empty());
    }
    for (const auto& table : schemas::platform().tables())
      for (const auto& rejection : table.rejects) CHECK(http::problem_type(rejection));
    CHECK_FALSE(http::problem_type("no/such"));
  }
}
