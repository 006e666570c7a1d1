#include "schemas/json_schema.hpp"

#include <doctest/doctest.h>

#include <stdexcept>

#include "schemas/json.hpp"
#include "tests/schemas/compile.hpp"

using namespace schemas;
using Json = nlohmann::ordered_json;

namespace {

const Schema schema = testing::compile(R"(
  namespace shop;
  enum Colour:ubyte { red, green }
  /// One article.
  table Line { product_id:string (identifies: "Product"); quantity:int (minimum: "1", maximum: "100"); }
  /// Buy
  /// things.
  table PlaceOrder (command: "Order") {
    order_id:string (names: "Order", example: "o-1");
    /// How many.
    count:ushort (example: "2"); wide:long; price:long (money); at:long (time); flag:bool; colour:Colour (example: "green");
    lines:[Line]; gift:Line (optional); maybe:Colour (optional); note:string (optional);
    tags:[string] (optional, example: "new"); big:long (optional, example: "9007199254740992");
  }
  table OrderRow (row) { order_id:string (names: "Order"); note:string (optional); digest:[ubyte]; parts:[OrderRow]; }
)");
const Table& place_order = *schema.table("PlaceOrder");

Json property(const char* name) { return json_schema(place_order).at("properties").at(name); }

// The example of a command with this one field besides its id.
Json example_of(std::string_view field) {
  const auto made = testing::compile(
      "namespace shop; enum Colour:ubyte { red } table Do (command: \"It\") { it_id:string (names: "
      "\"It\"); x:" +
      std::string{field} + "; }");
  return example_json(*made.table("Do")).at("x");
}

}  // namespace

TEST_SUITE("json: schema") {
  TEST_CASE("a command requires what has to be given and allows nothing else") {
    const auto made = json_schema(place_order);
    CHECK(made.at("type") == "object");
    CHECK(made.at("description") == "Buy things.");
    CHECK(
        made.at("required") ==
        Json::parse(R"(["order_id","count","wide","price","at","flag","colour","lines"])"));
    CHECK(made.at("additionalProperties") == false);
  }

  TEST_CASE("a row requires all its fields and may grow") {
    const auto made = json_schema(*schema.table("OrderRow"));
    CHECK(made.at("required") == Json::parse(R"(["order_id","note","digest","parts"])"));
    CHECK_FALSE(made.contains("additionalProperties"));
    CHECK(
        made.at("properties").at("digest") ==
        Json::parse(R"({"type":"string","contentEncoding":"base64"})"));
    CHECK(made.at("properties").at("note") == Json::parse(R"({"type":["string","null"]})"));
  }

  TEST_CASE("each kind of field is described") {
    for (
        const auto& [name, expected] : {
            std::pair{
                "order_id",
                R"({"type":"string","pattern":"^[A-Za-z0-9_-]{1,64}$","examples":["o-1"]})"},
            {"count",
             R"({"type":"integer","format":"int32","minimum":0,"maximum":65535,"description":"How many.","examples":[2]})"},
            {"wide",
             R"({"type":["integer","string"],"format":"int64","minimum":-9007199254740991,"maximum":9007199254740991,"pattern":"^-?[1-9][0-9]{15,18}$"})"},
            {"flag", R"({"type":"boolean"})"},
            {"colour", R"({"type":"string","enum":["red","green"],"examples":["green"]})"},
            {"maybe", R"({"type":["string","null"],"enum":["red","green",null]})"},
            {"lines", R"({"type":"array","items":{"$ref":"#/components/schemas/Line"}})"},
            {"gift", R"({"anyOf":[{"$ref":"#/components/schemas/Line"},{"type":"null"}]})"},
            {"tags", R"({"type":["array","null"],"items":{"type":"string"},"examples":[["new"]]})"},
        }) {
      CAPTURE(name);
      CHECK(property(name) == Json::parse(expected));
    }
    CHECK(property("at").at("format") == "date-time");
    CHECK(property("price").at("description") == "In minor units of the currency beside it.");
    CHECK(property("big").at("examples") == Json::parse(R"(["9007199254740992"])"));
    CHECK(
        json_schema(*schema.table("Line")).at("properties").at("product_id").at("maxLength") ==
        200);
  }
}

TEST_SUITE("json: examples") {
  TEST_CASE("an example has what the schema says, and defaults where it says nothing") {
    CHECK(
        example_json(place_order) == Json::parse(R"({"order_id":"o-1","count":2,"wide":1,"price":1,
        "at":"2026-11-21T05:25:00Z","flag":true,"colour":"green","lines":[{"product_id":"product-1","quantity":1}],
        "tags":["new"],"big":"9007199254740992"})"));
  }

  TEST_CASE("a row's example is whole, and ends where a row contains itself") {
    const auto made = example_json(*schema.table("OrderRow"));
    CHECK(made.at("note").is_null());
    CHECK(made.at("digest") == "AAEC");
    CHECK(made.at("parts").at(0).at("parts").is_array());
  }

  TEST_CASE("a default lies in the field's range") {
    CHECK(example_of("int (minimum: \"5\")") == 5);
    CHECK(example_of("int (maximum: \"-3\")") == -3);
  }

  TEST_CASE("an example that does not fit its field is refused with the field's name") {
    for (const auto* field : {
             "int (example: \"many\")",
             "byte (example: \"128\")",
             "int (minimum: \"1\", example: \"0\")",
             "bool (example: \"yes\")",
             "Colour (example: \"blue\")",
             "long (time, example: \"now\")",
             "string (names: \"X\", example: \"a b\")",
             "string (identifies: \"X\", example: \"a~\")",
         }) {
      CAPTURE(field);
      CHECK_THROWS_WITH_AS(
          example_of(field),
          doctest::Contains("shop.Do.x: its example is to be"),
          std::invalid_argument);
    }
  }

  TEST_CASE("the example of every command of the platform is accepted") {
    for (const auto& table : platform().tables()) {
      const auto example = example_json(table).dump();
      CAPTURE(table.name);
      CAPTURE(example);
      if (table.role == Role::command) CHECK(read_json(table, example).ok());
    }
  }
}
