#include <doctest/doctest.h>

#include "tests/schemas/compile.hpp"
#include "tests/schemas/faults.hpp"

using namespace schemas;
using testing::faults;
using testing::told;

namespace {

const Schema schema = testing::compile(R"(
  namespace shop;
  table Thing { tiny:byte (optional); big:long (optional); text:string (optional); numbers:[int] (optional); line:Branch (optional); }
  table Branch { branches:[Branch] (optional); }
)");
const Table& thing = *schema.table("Thing");
const Table& branch = *schema.table("Branch");

// A branch in a branch in a branch.
std::string nested(int depth) {
  std::string json;
  for (int i = 0; i < depth; ++i) json += R"({"branches":[)";
  json += "{}";
  for (int i = 0; i < depth; ++i) json += "]}";
  return json;
}

struct Case {
  std::string_view json;
  std::string_view expected;
};

}  // namespace

TEST_SUITE("json: reader, of hostile bodies") {
  TEST_CASE("what is not JSON is refused where it ends to be") {
    for (const auto& [json, expected] : {
             Case{
                 R"({"text":"a"} {})",
                 "at byte 14 there is an unexpected '{'; expected end of input"},
             Case{R"({"text":"a"}x)", "at byte 13 there is an invalid literal"},
             Case{R"({"tiny":1 /* one */})", "at byte 11 there is an invalid literal"},
             Case{"{} // done", "at byte 4 there is an invalid literal"},
             Case{
                 R"({"tiny":01})",
                 "at byte 10 there is an unexpected number literal; expected '}'"},
             Case{R"({"tiny":+1})", "at byte 9 there is an invalid literal"},
             Case{R"({"tiny":0x1})", "at byte 10 there is an invalid literal"},
             Case{
                 R"({"tiny":1,})",
                 "at byte 11 there is an unexpected '}'; expected string literal"},
             Case{R"({'tiny':1})", "at byte 2 there is an invalid literal"},
             Case{R"({tiny:1})", "at byte 3 there is an invalid literal"},
             Case{R"({"big":NaN})", "at byte 8 there is an invalid literal"},
             Case{
                 "{\"text\":\"a\nb\"}",
                 "at byte 11 there is an invalid string: control character U+000A (LF) must be "
                 "escaped to \\u000A or \\n"},
             Case{R"({"text":"a)", "at byte 11 there is an invalid string: missing closing quote"},
             Case{
                 R"({"line":)",
                 "at byte 9 there is an unexpected end of input; expected '[', '{', or a literal"},
             Case{
                 " ",
                 "at byte 2 there is an unexpected end of input; expected '[', '{', or a literal"},
         }) {
      CAPTURE(json);
      CHECK(faults(thing, json) == fmt::format(": valid JSON is required: {}\n", expected));
    }
    CHECK(
        faults(thing, std::string_view{"{}\0", 3}) ==
        ": valid JSON is required: at byte 3 there is the character NUL\n");
  }

  TEST_CASE("faults before the end of the JSON are told with it") {
    CHECK(faults(thing, R"({"tiny":"1","text":2)")
              .starts_with("/tiny: a whole number is required, not a string\n/text: a string is "
                           "required, not a number\n: valid JSON"));
  }

  TEST_CASE("fifty faults are enough") {
    std::string json = R"({"numbers":[)";
    for (int i = 0; i < 1000; ++i) json += "true,";
    CHECK(read_json(thing, json + "1]}").faults.size() == 50);
  }

  TEST_CASE("hostile depth is refused without recursion") {
    const std::string open(1'000'000, '[');
    CHECK(faults(thing, open).starts_with(": an object is required, not a list\n: valid JSON"));
    CHECK(faults(thing, R"({"unknown":)" + open)
              .starts_with("/unknown: the schema has no such field"));
    const auto json = nested(100);
    CHECK(faults(branch, json).ends_with("/branches/0: this is nested too deeply; nest less\n"));
  }

  TEST_CASE("a table nests as deep as stored bytes may") {
    const auto json = nested(31);
    CHECK(told(branch, json) == json);
  }
}
