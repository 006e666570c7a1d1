#include "schemas/evolution.hpp"

#include <doctest/doctest.h>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <filesystem>
#include <nlohmann/json.hpp>

#include "tests/schemas/compile.hpp"

using namespace schemas;

namespace {

const std::string released = R"(
  namespace shop;
  enum Rejection:ubyte (rejections) { not_found, sold_out }
  enum Colour:ubyte { red, green }
  enum Mood:ubyte { fine }
  table Line { product_id:string (identifies: "Product"); quantity:int; }
  table Buy (command: "Order", rejects: "not_found") {
    order_id:string (names: "Order"); colour:Colour; lines:[Line]; seconds:long (optional, minimum: "1", maximum: "60");
  }
  table Bought (fact: "Order") { price:long (money); at:long (time); note:string (optional); }
  table Label { text:string; }
  table OrderRow (row) { order_id:string (names: "Order"); label:Label; note:string (optional); }
  table Held { mood:Mood; }
  table OrderSnapshot (snapshot: "Order") { held:Held; }
  table Block { epoch:ulong; }
)";

// ctest runs every program in the project's folder.
const std::filesystem::path schemas_folder{"schemas"};

std::string all(const std::vector<std::string>& breaches) {
  return fmt::format("{}", fmt::join(breaches, "\n"));
}

// What the gate says when `was` is replaced by `is` in the released schema.
std::string said(std::string_view was, std::string_view is) {
  auto text = released;
  const auto at = text.find(was);
  REQUIRE(at != std::string::npos);
  text.replace(at, was.size(), is);
  return all(breaks(testing::compile(released), testing::compile(text)));
}

struct Change {
  std::string_view was, is, expected;
};

}  // namespace

TEST_SUITE("evolution: schemas") {
  TEST_CASE("what stored facts and clients survive is allowed") {
    for (const auto& [was, is, expected] : {
             Change{
                 "namespace shop;", "namespace shop; table New (fact: \"Order\") { x:int; }", ""},
             Change{
                 "note:string (optional); }", "note:string (optional); more:int (optional); }", ""},
             Change{"int; }", "int; more:[string] (optional); }", ""},
             Change{"{ red, green }", "{ red, green, blue }", ""},
             Change{"sold_out }", "sold_out, closed }", ""},
             Change{"\"not_found\"", "\"not_found sold_out\"", ""},
             Change{"maximum: \"60\"", "maximum: \"61\"", ""},
             Change{"minimum: \"1\"", "minimum: \"0\"", ""},
             Change{"colour:Colour;", "colour:Colour (optional);", ""},
         }) {
      CAPTURE(is);
      CHECK(said(was, is) == expected);
    }
  }

  TEST_CASE("rows may gain any field, as they are made anew, and snapshots may change at will") {
    CHECK(said("label:Label; note:string (optional); }", "label:Label; note:string; more:int; }")
              .empty());
    CHECK(said("text:string;", "text:string; more:int;").empty());
    CHECK(said("held:Held;", "mood:Mood; other:int;").empty());
    CHECK(said("mood:Mood;", "mood:string;").empty());
    CHECK(said("{ fine }", "{ sad }").empty());
  }

  TEST_CASE("a field that is removed, renamed, moved or of another type is a breach") {
    for (const auto& [was, is, expected] : {
             Change{
                 " note:string (optional); }\n  table Label",
                 "}\n  table Label",
                 "shop.Bought.note was removed; keep it, marked (optional) when nothing gives it "
                 "any more."},
             Change{
                 "quantity:int",
                 "count:int",
                 "shop.Line.quantity was renamed to count, or replaced by it; keep the name and "
                 "append new fields at the end.\nshop.Line.count is new and required, but what is "
                 "stored and clients' commands lack it; mark it (optional)."},
             Change{
                 "order_id:string (names: \"Order\"); colour:Colour;",
                 "colour:Colour; order_id:string (names: \"Order\");",
                 "shop.Buy.order_id has moved; keep the released order of fields and append new "
                 "ones at the end.\nshop.Buy.colour has moved; keep the released order of fields "
                 "and append new ones at the end."},
             Change{
                 "quantity:int",
                 "quantity:long",
                 "shop.Line.quantity was of type int and is now long; append a field for that."},
             Change{
                 "colour:Colour",
                 "colour:ubyte",
                 "shop.Buy.colour was of type shop.Colour and is now ubyte; append a field for "
                 "that."},
             Change{
                 "colour:Colour",
                 "colour:Mood",
                 "shop.Buy.colour was of type shop.Colour and is now shop.Mood; append a field for "
                 "that."},
             Change{
                 "lines:[Line]",
                 "lines:Line",
                 "shop.Buy.lines was of type [shop.Line] and is now shop.Line; append a field for "
                 "that."},
             Change{
                 "lines:[Line]",
                 "lines:[Label]",
                 "shop.Buy.lines was of type [shop.Line] and is now [shop.Label]; append a field "
                 "for that."},
             Change{
                 "epoch:ulong",
                 "epoch:long",
                 "shop.Block.epoch was of type ulong and is now long; append a field for that."},
         }) {
      CAPTURE(is);
      CHECK(said(was, is) == expected);
    }
  }

  TEST_CASE("a field that promises more or less than before is a breach") {
    for (const auto& [was, is, expected] : {
             Change{
                 "note:string (optional); }\n  table Label",
                 "note:string; }\n  table Label",
                 "shop.Bought.note was optional and is now required, but what is stored and "
                 "clients' commands may lack it; leave it (optional)."},
             Change{
                 "at:long (time);",
                 "at:long (time); more:int;",
                 "shop.Bought.note has moved; keep the released order of fields and append new "
                 "ones at the end.\nshop.Bought.more is new and required, but what is stored and "
                 "clients' commands lack it; mark it (optional)."},
             Change{
                 "label:Label",
                 "label:Label (optional)",
                 "shop.OrderRow.label was always there in a row and is now optional, which its "
                 "readers do not expect; leave it required."},
             Change{
                 "(names: \"Order\"); colour",
                 "(identifies: \"Order\"); colour",
                 "shop.Buy.order_id was (names: \"Order\") and is now (identifies: \"Order\"); "
                 "append a field for that."},
             Change{
                 "(identifies: \"Product\")",
                 "(identifies: \"Variant\")",
                 "shop.Line.product_id was (identifies: \"Product\") and is now (identifies: "
                 "\"Variant\"); append a field for that."},
             Change{
                 "(identifies: \"Product\")",
                 "",
                 "shop.Line.product_id was (identifies: \"Product\") and is now plain; append a "
                 "field for that."},
             Change{
                 "price:long (money)",
                 "price:long (time)",
                 "shop.Bought.price was (money) and is now (time); append a field for that."},
             Change{
                 "at:long (time)",
                 "at:long",
                 "shop.Bought.at was (time) and is now plain; append a field for that."},
             Change{
                 "maximum: \"60\"",
                 "maximum: \"59\"",
                 "shop.Buy.seconds took 1 to 60 and now takes only 1 to 59; refuse the rest in the "
                 "domain instead."},
             Change{
                 "minimum: \"1\"",
                 "minimum: \"2\"",
                 "shop.Buy.seconds took 1 to 60 and now takes only 2 to 60; refuse the rest in the "
                 "domain instead."},
         }) {
      CAPTURE(is);
      CHECK(said(was, is) == expected);
    }
  }

  TEST_CASE("a table that is removed or means something else is a breach") {
    for (const auto& [was, is, expected] : {
             Change{
                 "table Bought ",
                 "table Sold ",
                 "shop.Bought was removed; keep it, what is stored and clients refer to it."},
             Change{
                 "table Block ",
                 "table Brick ",
                 "shop.Block was removed; keep it, what is stored and clients refer to it."},
             Change{
                 "table Bought (fact: \"Order\")",
                 "table Bought (fact: \"Basket\")",
                 "shop.Bought was a fact of Order and is now a fact of Basket; make a new table "
                 "for that."},
             Change{
                 "table OrderRow (row)",
                 "table OrderRow (fact: \"Order\")",
                 "shop.OrderRow was a row and is now a fact of Order; make a new table for that."},
         }) {
      CAPTURE(is);
      CHECK(said(was, is) == expected);
    }
    const auto elsewhere = testing::compile("namespace store; table Block { epoch:ulong; }");
    CHECK(
        breaks(testing::compile("namespace shop; table Block { epoch:ulong; }"), elsewhere)
            .size() == 1);
  }

  TEST_CASE("an enum value that is removed, renamed or renumbered is a breach") {
    for (
        const auto& [was, is, expected] : {
            Change{
                "{ red, green }",
                "{ red }",
                "shop.Colour.green was removed; keep the value, stored data may have it."},
            Change{
                "{ red, green }",
                "{ red, blue }",
                "shop.Colour.green was renamed to blue; keep the name, clients know it."},
            Change{
                "{ red, green }",
                "{ green, red }",
                "shop.Colour.red was number 0 and is now 1; append new values at the "
                "end.\nshop.Colour.green was number 1 and is now 0; append new values at the end."},
            Change{
                "not_found, sold_out",
                "not_found, gone_out",
                "shop.Rejection.sold_out was renamed to gone_out; keep the name, clients know it."},
        }) {
      CAPTURE(is);
      CHECK(said(was, is) == expected);
    }
  }

  TEST_CASE("this build keeps what has been released") {
    REQUIRE(std::filesystem::exists(schemas_folder / "released/README.md"));
    const auto files = testing::schema_files(schemas_folder / "released");
    if (files.empty()) return;  // Nothing has been released yet.
    CHECK(all(breaks(testing::compile_files(files), platform())) == "");
  }

  TEST_CASE("the gate reads schemas from files as the build does") {
    const auto read = testing::compile_files(testing::schema_files(schemas_folder));
    CHECK(read.tables().size() == platform().tables().size());
    CHECK(all(breaks(read, platform())) == "");
    CHECK(all(breaks(platform(), read)) == "");
  }
}
