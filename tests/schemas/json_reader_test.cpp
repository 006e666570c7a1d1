#include <doctest/doctest.h>
#include <fmt/format.h>

#include <stdexcept>

#include "tests/schemas/compile.hpp"
#include "tests/schemas/faults.hpp"

using namespace schemas;
using testing::faults;
using testing::told;

namespace {

const Schema schema = testing::compile(R"(
  namespace shop;
  enum Colour:ubyte { red, green }
  table Line { product_id:string (identifies: "Product"); quantity:int (minimum: "1", maximum: "100"); }
  table Order { order_id:string (names: "Order"); lines:[Line]; note:string (optional); }
  table Anything {
    flag:bool (optional); tiny:byte (optional); small:ushort (optional); big:long (optional); count:ulong (optional);
    colour:Colour (optional); text:string (optional); coined:string (names: "Thing", optional);
    reference:string (identifies: "Thing", optional); at:long (time, optional); price:long (money, optional);
    line:Line (optional); flags:[bool] (optional); numbers:[int] (optional); colours:[Colour] (optional);
    texts:[string] (optional);
  }
)");
const Table& anything = *schema.table("Anything");
const Table& order = *schema.table("Order");

struct Case {
  std::string_view json;
  std::string_view expected;
};

}  // namespace

TEST_SUITE("json: reader") {
  TEST_CASE("what the schema describes is read") {
    for (const std::string_view json : {
             R"({})",
             R"({"flag":false})",
             R"({"tiny":-128})",
             R"({"small":65535})",
             R"({"big":-9007199254740991})",
             R"({"big":"-9223372036854775808"})",
             R"({"count":"9223372036854775807"})",
             R"({"colour":"red"})",
             R"({"text":""})",
             R"({"text":"tab\tquote\"slash\\ \u0001 é € 😀"})",
             R"({"coined":"A-z_0"})",
             R"({"reference":"a~b~c"})",
             R"({"at":"2026-11-21T05:25:00.000001Z"})",
             R"({"price":0})",
             R"({"line":{"product_id":"p","quantity":1}})",
             R"({"flags":[true,false],"numbers":[],"texts":["a","b"]})",
             R"({"colours":["green","red"],"numbers":[0,-1]})",
         }) {
      CAPTURE(json);
      CHECK(told(anything, json) == json);
    }
  }

  TEST_CASE("null for an optional field means that it is absent") {
    CHECK(told(anything, R"({"tiny":null,"texts":null,"line":null})") == "{}");
  }

  TEST_CASE("white space and escapes are as in any JSON") {
    CHECK(
        told(anything, " { \"te\\u0078t\" :\r\n\t\"\\u00e9\\ud83d\\ude00\\/\" } ") ==
        R"({"text":"é😀/"})");
  }

  TEST_CASE("zero is not absent") {
    CHECK(
        told(anything, R"({"tiny":-0,"colour":"red","at":"1970-01-01T00:00:00Z"})") ==
        R"({"at":"1970-01-01T00:00:00Z","colour":"red","tiny":0})");
  }

  TEST_CASE("an empty body counts as an empty object") {
    CHECK(told(anything, "") == "{}");
    CHECK(
        faults(order, "") == "/order_id: this field is required\n/lines: this field is required\n");
  }

  TEST_CASE("a value of another type is refused with what is wanted") {
    for (const auto& [json, expected] : {
             Case{R"({"flag":0})", "/flag: true or false is required, not a number\n"},
             Case{R"({"flag":"true"})", "/flag: true or false is required, not a string\n"},
             Case{R"({"tiny":true})", "/tiny: a whole number is required, not a boolean\n"},
             Case{R"({"tiny":[1]})", "/tiny: a whole number is required, not a list\n"},
             Case{R"({"text":7})", "/text: a string is required, not a number\n"},
             Case{R"({"text":1.5})", "/text: a string is required, not a number\n"},
             Case{R"({"text":{"a":[{}]}})", "/text: a string is required, not an object\n"},
             Case{R"({"colour":1})", "/colour: one of red, green is required, not a number\n"},
             Case{R"({"colour":"blue"})", "/colour: one of red, green is required\n"},
             Case{R"({"line":"x"})", "/line: an object is required, not a string\n"},
             Case{R"({"line":[]})", "/line: an object is required, not a list\n"},
             Case{R"({"numbers":1})", "/numbers: a list is required, not a number\n"},
             Case{R"({"numbers":{}})", "/numbers: a list is required, not an object\n"},
             Case{R"({"numbers":[1,null]})", "/numbers/1: a whole number is required, not null\n"},
             Case{R"({"numbers":[[1]]})", "/numbers/0: a whole number is required, not a list\n"},
             Case{R"({"texts":["a",{}]})", "/texts/1: a string is required, not an object\n"},
             Case{R"([])", ": an object is required, not a list\n"},
             Case{R"("x")", ": an object is required, not a string\n"},
             Case{R"(null)", ": an object is required, not null\n"},
         }) {
      CAPTURE(json);
      CHECK(faults(anything, json) == expected);
    }
  }

  TEST_CASE("a number has to be whole, plain and in its range") {
    const std::string_view not_whole = "a whole number without fraction or exponent is required\n";
    const std::string_view not_tiny = "a whole number from -128 to 127 is required\n";
    const std::string_view not_long =
        "a whole number from -9223372036854775808 to 9223372036854775807 is required\n";
    for (const auto& [json, expected] : {
             Case{R"({"tiny":1.0})", not_whole},
             Case{R"({"tiny":1e1})", not_whole},
             Case{R"({"tiny":1E2})", not_whole},
             Case{R"({"tiny":-0.0})", not_whole},
             Case{R"({"tiny":128})", not_tiny},
             Case{R"({"tiny":-129})", not_tiny},
             Case{R"({"tiny":18446744073709551615})", not_tiny},
             Case{R"({"tiny":18446744073709551616})", not_tiny},
             Case{R"({"tiny":"5"})", "a whole number is required, not a string\n"},
             Case{R"({"tiny":""})", "a whole number is required, not a string\n"},
             Case{R"({"big":9223372036854775808})", not_long},
             Case{R"({"big":-9223372036854775809})", not_long},
             Case{R"({"big":1e999})", "a smaller number is required\n"},
         }) {
      CAPTURE(json);
      const auto found = faults(anything, json);
      CHECK(found.substr(found.find(' ') + 1) == expected);
    }
  }

  TEST_CASE("an integer stands in quotes exactly when a JSON number would not be exact") {
    const std::string not_quoted = "/big: a whole number is required, not a string\n";
    const std::string quoted =
        "/big: a whole number beyond 9007199254740991 has to stand in quotes\n";
    CHECK(faults(anything, R"({"big":9007199254740992})") == quoted);
    CHECK(faults(anything, R"({"big":-9007199254740992})") == quoted);
    CHECK(faults(anything, R"({"big":"9007199254740992"})").empty());
    for (const auto* text :
         {"9007199254740991",
          "+9007199254740992",
          "09007199254740992",
          " 9007199254740992",
          "9e17",
          "0x20000000000000",
          "-",
          ""})
      CHECK(faults(anything, fmt::format(R"({{"big":"{}"}})", text)) == not_quoted);
    CHECK(faults(anything, R"({"big":"9223372036854775808"})")
              .starts_with("/big: a whole number from"));
    CHECK(faults(anything, R"({"tiny":"9007199254740992"})")
              .starts_with("/tiny: a whole number from"));
  }

  TEST_CASE("ids are of the characters and the length they may have") {
    const std::string part(64, 'x'), parts = part + "~" + part + "~" + part;
    for (const auto& id : {std::string{"a"}, part})
      CHECK(faults(anything, fmt::format(R"({{"coined":"{}"}})", id)).empty());
    for (const auto& id :
         {std::string{},
          part + "x",
          std::string{"a b"},
          std::string{"a~b"},
          std::string{"ä"},
          std::string{"a/b"}})
      CHECK(faults(anything, fmt::format(R"({{"coined":"{}"}})", id))
                .starts_with("/coined: an id of 1 to 64"));
    for (const auto& id : {std::string{"a"}, part, std::string{"a~b"}, parts + "~abcd"})
      CHECK(faults(anything, fmt::format(R"({{"reference":"{}"}})", id)).empty());
    for (const auto& id :
         {std::string{},
          part + "x",
          std::string{"~"},
          std::string{"a~"},
          std::string{"~a"},
          std::string{"a~~b"},
          parts + "~abcdefg"})
      CHECK(faults(anything, fmt::format(R"({{"reference":"{}"}})", id))
                .starts_with("/reference: an id of 1 to 64"));
  }

  TEST_CASE("a schema cannot ask a command for bytes, which JSON has not") {
    CHECK_THROWS_AS(
        testing::compile("namespace shop; table Do (command: \"It\") { it_id:string (names: "
                         "\"It\"); x:[ubyte]; }"),
        std::invalid_argument);
  }

  TEST_CASE("a text may be anything in UTF-8 but NUL") {
    CHECK(
        faults(anything, R"({"text":"a\u0000b"})") ==
        "/text: a string without the character NUL is required\n");
    for (const auto* bytes : {"\xff", "\xc0\x80", "\xed\xa0\x80", "\xf4\x90\x80\x80", "\xe2\x82"}) {
      const auto found = faults(anything, fmt::format(R"({{"text":"{}"}})", bytes));
      CHECK(found.find("ill-formed UTF-8") != std::string::npos);
      CHECK(is_utf8(found));
    }
    CHECK(
        faults(anything, R"({"text":"\ud800"})").find("valid JSON is required") !=
        std::string::npos);
  }

  TEST_CASE("a time that is none, or not in UTC, is refused") {
    for (const auto* time :
         {"",
          "2026-11-21",
          "2026-02-29T00:00:00Z",
          "2026-11-21T24:00:00Z",
          "2026-11-21T05:25:00+01:00",
          "2026-11-21T05:25:00.1234567Z",
          "1700000000"})
      CHECK(
          faults(anything, fmt::format(R"({{"at":"{}"}})", time)) ==
          "/at: a time in UTC such as \"2026-11-21T05:25:00Z\" is required\n");
    CHECK(
        faults(anything, R"({"at":1700000000})") ==
        "/at: a time in UTC such as \"2026-11-21T05:25:00Z\" is required, not a number\n");
  }

  TEST_CASE("all faults of a body are told at once, each with its path") {
    CHECK(
        faults(
            order,
            R"({"lines":[{"product_id":"p","quantity":0},{"quantity":"1","a/b~c":{"deep":[1,{}]}},7],"note":5})") ==
        "/lines/0/quantity: a whole number from 1 to 100 is required\n"
        "/lines/1/quantity: a whole number is required, not a string\n"
        "/lines/1/a~1b~0c: the schema has no such field; leave it out\n"
        "/lines/1/product_id: this field is required\n"
        "/lines/2: an object is required, not a number\n"
        "/note: a string is required, not a number\n"
        "/order_id: this field is required\n");
  }

  TEST_CASE("a field that is there twice is refused, whatever its values are") {
    const std::string twice = "/text: this field is there already; give it once\n";
    CHECK(faults(anything, R"({"text":"a","text":"a"})") == twice);
    CHECK(faults(anything, R"({"text":null,"text":{"text":1}})") == twice);
    CHECK(
        faults(anything, R"({"text":1,"text":2})") ==
        "/text: a string is required, not a number\n" + twice);
  }

  TEST_CASE("null is not enough for a required field") {
    CHECK(
        faults(order, R"({"order_id":null,"lines":[]})") ==
        "/order_id: a string is required, not null\n");
  }
}
