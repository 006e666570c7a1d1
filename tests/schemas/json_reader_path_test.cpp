#include <doctest/doctest.h>

#include <stdexcept>

#include "tests/schemas/compile.hpp"
#include "tests/schemas/faults.hpp"

using namespace schemas;
using testing::told;

namespace {

using Path = std::vector<Given>;

const Schema schema = testing::compile(R"(
  namespace shop;
  table Line { product_id:string (identifies: "Product"); quantity:int; }
  table Order { order_id:string (names: "Order"); lines:[Line]; }
  table Note { text:string (optional); coined:string (names: "Note", optional); }
)");
const Table& order = *schema.table("Order");
const Table& note = *schema.table("Note");

}  // namespace

TEST_SUITE("json: reader, with a path") {
  TEST_CASE("what the path gives need not be in the body") {
    CHECK(
        told(order, R"({"lines":[]})", Path{{"order_id", "o-1"}}) ==
        R"({"lines":[],"order_id":"o-1"})");
    CHECK(told(note, "", Path{{"coined", "c"}, {"text", "t"}}) == R"({"coined":"c","text":"t"})");
  }

  TEST_CASE("the body may repeat it, but not contradict it") {
    CHECK(
        told(order, R"({"order_id":"o-1","lines":[]})", Path{{"order_id", "o-1"}}) ==
        R"({"lines":[],"order_id":"o-1"})");
    CHECK(
        told(order, R"({"order_id":"o-2","lines":[]})", Path{{"order_id", "o-1"}}) ==
        "/order_id: the path of the request says otherwise; leave this out, or give the same\n");
  }

  TEST_CASE("it is checked like what the body gives") {
    CHECK(told(order, R"({"lines":[]})", Path{{"order_id", "o 1"}})
              .starts_with("/order_id: an id of 1 to 64"));
    CHECK(told(note, "", Path{{"text", "\xff"}}) == "/text: UTF-8 is required\n");
    CHECK(
        told(order, R"({"order_id":5,"lines":[]})", Path{{"order_id", "o-1"}}) ==
        "/order_id: a string is required, not a number\n");
  }

  TEST_CASE("it belongs to the body itself, not to an object within") {
    CHECK(
        told(order, R"({"lines":[{"product_id":"p","quantity":1}]})", Path{{"order_id", "o-1"}}) ==
        R"({"lines":[{"product_id":"p","quantity":1}],"order_id":"o-1"})");
  }

  TEST_CASE("a path that gives what the table has not is a mistake of ours") {
    CHECK_THROWS_AS(read_json(order, "{}", std::vector{Given{"nothing", "x"}}), std::logic_error);
  }
}
