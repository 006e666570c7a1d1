#include <doctest/doctest.h>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <nlohmann/json.hpp>

#include "schemas/evolution.hpp"

using namespace schemas;
using nlohmann::json;

namespace {

const json released = json::parse(R"({
  "paths": {
    "/orders/{id}": {
      "parameters": [{"in": "path", "name": "id", "required": true, "schema": {"type": "string"}}],
      "get": {
        "parameters": [{"$ref": "#/components/parameters/Wait"}, {"in": "query", "name": "limit", "schema": {"type": "integer"}}],
        "responses": {
          "200": {"headers": {"ETag": {}}, "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Row"}}}},
          "404": {"$ref": "#/components/responses/Problem"}
        }
      },
      "post": {
        "requestBody": {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/Buy"}}}},
        "responses": {"200": {"description": "Done."}}
      }
    }
  },
  "components": {
    "parameters": {"Wait": {"in": "header", "name": "Prefer", "schema": {"type": "string"}}},
    "responses": {"Problem": {"content": {"application/problem+json": {"schema": {"type": "object", "properties": {"code": {"type": "string"}}}}}}},
    "schemas": {
      "Buy": {"type": "object", "required": ["count"], "properties": {
        "count": {"type": "integer"}, "colour": {"type": ["string", "null"], "enum": ["red", "green", null]},
        "lines": {"type": "array", "items": {"$ref": "#/components/schemas/Line"}}}},
      "Line": {"type": "object", "properties": {"product": {"type": "string"}}},
      "Row": {"type": "object", "required": ["at"], "properties": {
        "at": {"type": "string", "format": "date-time"}, "gift": {"anyOf": [{"$ref": "#/components/schemas/Line"}, {"type": "null"}]},
        "status": {"type": "string", "enum": ["open"]}, "rows": {"type": "array", "items": {"$ref": "#/components/schemas/Row"}}}}
    }
  }
})");

// What the gate says after a JSON Patch (RFC 6902) of one operation.
std::string said(
    std::string_view operation, std::string_view pointer, std::string_view value = "null") {
  const json change{{"op", operation}, {"path", pointer}, {"value", json::parse(value)}};
  return fmt::format(
      "{}", fmt::join(breaks_api(released, released.patch(json::array({change}))), "\n"));
}

const std::string get = "/paths/~1orders~1{id}/get", post = "/paths/~1orders~1{id}/post";
const std::string buy = "/components/schemas/Buy", row = "/components/schemas/Row";

}  // namespace

TEST_SUITE("evolution: API") {
  TEST_CASE("what clients do not notice is allowed") {
    CHECK(breaks_api(released, released).empty());
    CHECK(said("add", "/paths/~1new", R"({"get":{"responses":{}}})").empty());
    CHECK(said(
              "add",
              get + "/parameters/0",
              R"({"in":"query","name":"new","schema":{"type":"string"}})")
              .empty());
    CHECK(said("add", get + "/responses/410", "{}").empty());
    CHECK(said("add", buy + "/properties/new", R"({"type":"string"})").empty());
    CHECK(said("remove", buy + "/required/0").empty());
    CHECK(said("replace", buy + "/properties/count/type", R"(["integer","string"])").empty());
    CHECK(said("add", buy + "/properties/colour/enum/0", R"("blue")").empty());
    CHECK(said("add", row + "/properties/new", R"({"type":"string"})").empty());
    CHECK(said("add", row + "/required/0", R"("gift")").empty());
    CHECK(said("add", row + "/properties/status/enum/0", R"("shut")").empty());
    CHECK(said("replace", row + "/properties/gift", R"({"$ref":"#/components/schemas/Line"})")
              .empty());
    CHECK(said("add", "/components/schemas/Line/properties/new", R"({"type":"string"})").empty());
  }

  TEST_CASE("operations, parameters and statuses are kept") {
    CHECK(said("remove", get) == "GET /orders/{id}: the operation was removed; keep it.");
    CHECK(
        said("remove", get + "/parameters/1") ==
        "GET /orders/{id}: parameter query limit was removed; keep it.");
    CHECK(
        said("add", get + "/parameters/1/required", "true") ==
        "GET /orders/{id}: parameter query limit was optional and is now required; leave it "
        "optional.");
    CHECK(
        said("add", get + "/parameters/0", R"({"in":"query","name":"new","required":true})") ==
        "GET /orders/{id}: parameter query new is new and required; make it optional.");
    CHECK(
        said("replace", "/components/parameters/Wait/schema/type", R"("integer")") ==
        "GET /orders/{id}: parameter header Prefer has another type than before; add a new field "
        "for that.");
    CHECK(
        said("remove", get + "/responses/404") ==
        "GET /orders/{id}: status 404 was removed; keep it.");
    CHECK(
        said("remove", get + "/responses/200/headers/ETag") ==
        "GET /orders/{id}: header ETag of 200 was removed; keep it.");
    CHECK(
        said("remove", get + "/responses/200/content/application~1json") ==
        "GET /orders/{id}: the response 200 as application/json was removed; keep it.");
  }

  TEST_CASE("what a client sends is still taken") {
    CHECK(
        said("add", post + "/requestBody/required", "true") ==
        "POST /orders/{id}: the request's body was optional and is now required; leave it "
        "optional.");
    CHECK(
        said("remove", buy + "/properties/colour") ==
        "POST /orders/{id}: the request: colour was removed; keep the field.");
    CHECK(
        said("add", buy + "/required/0", R"("colour")") ==
        "POST /orders/{id}: the request: colour is now required; leave it optional.");
    CHECK(
        said("replace", buy + "/properties/count/type", R"("string")") ==
        "POST /orders/{id}: the request: count has another type than before; add a new field for "
        "that.");
    CHECK(
        said("replace", buy + "/properties/colour/type", R"("string")") ==
        "POST /orders/{id}: the request: colour has another type than before; add a new field for "
        "that.");
    CHECK(
        said("remove", buy + "/properties/colour/enum/0") ==
        "POST /orders/{id}: the request: colour takes fewer values than before; keep them.");
    CHECK(said("replace", buy + "/properties/lines/items", R"({"type":"string"})")
              .starts_with("POST /orders/{id}: the request: lines item has another type"));
  }

  TEST_CASE("what a client reads is still there") {
    CHECK(
        said("remove", row + "/properties/at") ==
        "GET /orders/{id}: the response 200: at was removed; keep the field.");
    CHECK(
        said("remove", row + "/required/0") ==
        "GET /orders/{id}: the response 200: at is no longer always there; keep giving it.");
    CHECK(
        said("replace", row + "/properties/at/type", R"(["string","null"])") ==
        "GET /orders/{id}: the response 200: at has another type than before; add a new field for "
        "that.");
    CHECK(
        said("remove", row + "/properties/at/format") ==
        "GET /orders/{id}: the response 200: at has another type than before; add a new field for "
        "that.");
    CHECK(
        said(
            "remove",
            "/components/responses/Problem/content/application~1problem+json/schema/properties/"
            "code") == "GET /orders/{id}: the response 404: code was removed; keep the field.");
  }

  TEST_CASE("a part is checked wherever it is used") {
    CHECK(
        said("remove", "/components/schemas/Line/properties/product") ==
        "GET /orders/{id}: the response 200: gift: product was removed; keep the field.\n"
        "POST /orders/{id}: the request: lines item: product was removed; keep the field.");
  }
}
