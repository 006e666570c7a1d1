#include <doctest/doctest.h>
#include <flatbuffers/flatbuffers.h>
#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <random>

#include "schemas/json.hpp"
#include "schemas/types.hpp"
#include "tests/schemas/compile.hpp"
#include "tests/schemas/random_json.hpp"

using namespace schemas;
using flatbuffers::FlatBufferBuilder;
using flatbuffers::Offset;

namespace {

const Schema schema = testing::compile(R"(
  namespace shop;
  enum Colour:ubyte { red, green }
  table Line { product_id:string (identifies: "Product"); quantity:int; colours:[Colour]; }
  table Order {
    order_id:string (names: "Order"); paid:bool; total:long (money); at:long (time); colour:Colour; lines:[Line];
    first:Line (optional); note:string (optional); counts:[long] (optional); names:[string] (optional);
    small:[ushort] (optional); flags:[bool] (optional);
  }
  table Branch { branches:[Branch] (optional); name:string (optional); }
  table Note { text:string; }
  table Sealed { digest:[ubyte]; }
  table Times { at:long (time); }
  table Choice { colour:Colour; flag:bool; }
)");
const Table& order = *schema.table("Order");
const Table& note = *schema.table("Note");

const std::string_view order_json =
    R"({"order_id":"o-1","paid":false,"total":0,"at":"2026-11-21T05:25:00Z","colour":"red",)"
    R"("lines":[{"product_id":"p-1","quantity":3,"colours":["green"]}],"first":null,"note":"two\nlines",)"
    R"("counts":["-9007199254740992",7],"names":null,"small":[65535],"flags":[true]})";

std::string bytes_of(const Table& table, std::string_view json) {
  const auto parsed = read_json(table, json);
  REQUIRE(parsed.ok());
  return parsed.bytes;
}

std::string written(const Table& table, std::string_view bytes) {
  std::string out;
  write_json(out, table, bytes);
  return out;
}

std::string bytes_of(FlatBufferBuilder& builder, flatbuffers::uoffset_t root) {
  builder.Finish(Offset<void>{root});
  return {reinterpret_cast<const char*>(builder.GetBufferPointer()), builder.GetSize()};
}

// A note whose text may be anything.
std::string note_bytes(std::string_view text) {
  FlatBufferBuilder builder;
  const auto made = builder.CreateString(text.data(), text.size());
  const auto start = builder.StartTable();
  builder.AddOffset(4, made);
  return bytes_of(builder, builder.EndTable(start));
}

template <class T>
std::string scalar_bytes(T value) {
  FlatBufferBuilder builder;
  const auto start = builder.StartTable();
  builder.AddElement(4, value);
  return bytes_of(builder, builder.EndTable(start));
}

std::string text_json(std::string_view text) {
  std::string out;
  write_text(out, text);
  return out;
}

// Writing these bytes ends in text or in Corrupt; the sanitizers see to the rest.
bool survives(const Table& table, const std::string& bytes) {
  const std::vector<char> exact{
      bytes.begin(), bytes.end()};  // A read beyond the end is one of the heap.
  try {
    return !written(table, {exact.data(), exact.size()}).empty();
  } catch (const Corrupt&) {
    return true;
  }
}

}  // namespace

TEST_SUITE("json: writer") {
  TEST_CASE("every field is written in its declared order, null where it is absent") {
    CHECK(written(order, bytes_of(order, order_json)) == order_json);
  }

  TEST_CASE("the canonical form sorts the fields and leaves out what is absent") {
    CHECK(
        canonical_json(order, bytes_of(order, order_json)) ==
        R"({"at":"2026-11-21T05:25:00Z","colour":"red","counts":["-9007199254740992",7],"flags":[true],)"
        R"("lines":[{"colours":["green"],"product_id":"p-1","quantity":3}],"note":"two\nlines","order_id":"o-1",)"
        R"("paid":false,"small":[65535],"total":0})");
  }

  TEST_CASE("equal commands give equal canonical text, whatever they looked like") {
    const auto text = canonical_json(order, bytes_of(order, order_json));
    CHECK(canonical_json(order, bytes_of(order, text)) == text);
    CHECK(
        canonical_json(note, bytes_of(note, "{ \"text\" : \"\\u0061\\/\" }")) ==
        R"({"text":"a/"})");
  }

  TEST_CASE("writing appends") {
    std::string out = "[";
    write_json(out, note, note_bytes("a"));
    CHECK(out == R"([{"text":"a"})");
  }

  TEST_CASE("bytes are written in base64") {
    for (const auto& [bytes, expected] :
         {std::pair{"", ""},
          {"f", "Zg=="},
          {"fo", "Zm8="},
          {"foo", "Zm9v"},
          {"foob", "Zm9vYg=="},
          {"\xff\xfe\xfd", "//79"}})
      CHECK(
          written(*schema.table("Sealed"), note_bytes(bytes)) ==
          fmt::format(R"({{"digest":"{}"}})", expected));
  }

  TEST_CASE("only what JSON requires is escaped, in its shortest form") {
    CHECK(text_json("\"\\/ \b\t\n\f\r") == R"("\"\\/ \b\t\n\f\r")");
    CHECK(text_json({"\0\x1f", 2}) == R"("\u0000\u001f")");
    CHECK(text_json("\x7f é € 😀 \u2028") == "\"\x7f é € 😀 \u2028\"");
  }

  TEST_CASE("what is not UTF-8 is replaced, so that the text stays JSON") {
    CHECK(text_json("a\xff\"") == "\"a\xEF\xBF\xBD\\\"\"");
  }
}

TEST_SUITE("json: writer, of bytes that are wrong") {
  TEST_CASE("a table lacks a required field") {
    CHECK_THROWS_WITH_AS(
        written(order, note_bytes("o")),
        "the stored bytes are not a Order: paid is missing",
        Corrupt);
  }

  TEST_CASE("a text is not UTF-8") {
    CHECK_THROWS_WITH_AS(
        written(note, note_bytes("\xc3")),
        "the stored bytes are not a Note: text is not UTF-8",
        Corrupt);
  }

  TEST_CASE("an enum has a value of a newer build") {
    CHECK_THROWS_AS(written(*schema.table("Choice"), scalar_bytes<std::uint8_t>(2)), Corrupt);
  }

  TEST_CASE("a time is beyond what RFC 3339 can say") {
    const auto& times = *schema.table("Times");
    CHECK(
        written(times, scalar_bytes<std::int64_t>(-1)) ==
        R"({"at":"1969-12-31T23:59:59.999999Z"})");
    CHECK_THROWS_AS(written(times, scalar_bytes<std::int64_t>(253'402'300'800'000'000)), Corrupt);
  }

  TEST_CASE("there are too few bytes") {
    const auto bytes = bytes_of(order, order_json);
    for (std::size_t size = 0; size < bytes.size(); ++size)
      CHECK(survives(order, bytes.substr(0, size)));
    for (std::size_t size = 0; size < 12; ++size)
      CHECK_THROWS_AS(written(order, std::string(size, '\xff')), Corrupt);
  }

  TEST_CASE("the bytes lie at an odd address") {
    const auto bytes = "x" + bytes_of(order, order_json);
    CHECK(written(order, std::string_view{bytes}.substr(1)) == order_json);
  }

  TEST_CASE("any byte is another") {
    const auto seed = testing::seed();
    CAPTURE(seed);
    std::mt19937_64 random{seed};
    const auto bytes = bytes_of(order, order_json);
    for (std::size_t at = 0; at < bytes.size(); ++at)
      for (int i = 0; i < 16; ++i) {
        auto damaged = bytes;
        damaged[at] = static_cast<char>(random());
        if (i % 2 == 1) damaged[random() % damaged.size()] = static_cast<char>(random());
        REQUIRE(survives(order, damaged));
      }
  }

  TEST_CASE("a small buffer unfolds into an endless one") {
    FlatBufferBuilder builder;
    auto start = builder.StartTable();
    auto branch = builder.EndTable(start);
    for (int i = 0; i < 40; ++i) {  // Twice the one before: 2^40 in all.
      const auto branches = builder.CreateVector(std::vector<Offset<void>>{branch, branch});
      start = builder.StartTable();
      builder.AddOffset(4, branches);
      branch = builder.EndTable(start);
    }
    CHECK_THROWS_AS(written(*schema.table("Branch"), bytes_of(builder, branch)), Corrupt);
  }

  TEST_CASE("a table nests deeper than any reader follows") {
    FlatBufferBuilder builder;
    flatbuffers::uoffset_t branch = 0;
    for (int i = 0; i < 100'000; ++i) {
      const auto branches = i == 0 ? 0 : builder.CreateVector(std::vector<Offset<void>>{branch}).o;
      const auto start = builder.StartTable();
      if (branches != 0) builder.AddOffset(4, Offset<void>{branches});
      branch = builder.EndTable(start);
    }
    CHECK_THROWS_AS(written(*schema.table("Branch"), bytes_of(builder, branch)), Corrupt);
  }
}

TEST_SUITE("json: round trip") {
  TEST_CASE("what is read is written, read and written again the same") {
    const auto seed = testing::seed();
    CAPTURE(seed);
    std::mt19937_64 random{seed};
    for (int i = 0; i < 2000; ++i) {
      const auto value = testing::random_json(order, random);
      const auto text = value.dump();
      CAPTURE(text);
      const auto bytes = bytes_of(order, text);
      // nlohmann sorts keys and escapes as RFC 8785 does for these names and values.
      REQUIRE(canonical_json(order, bytes) == text);
      REQUIRE(canonical_json(order, bytes_of(order, written(order, bytes))) == text);
    }
  }

  TEST_CASE("a body with any byte changed is read or refused in valid UTF-8") {
    const auto seed = testing::seed();
    CAPTURE(seed);
    std::mt19937_64 random{seed};
    for (int i = 0; i < 20'000; ++i) {
      std::string body{order_json};
      for (auto changes = 1 + random() % 3; changes > 0; --changes)
        body[random() % body.size()] = static_cast<char>(random());
      const std::vector<char> exact{body.begin(), body.end()};
      const auto parsed = read_json(order, {exact.data(), exact.size()});
      if (parsed.ok()) REQUIRE(!written(order, parsed.bytes).empty());
      for (const auto& fault : parsed.faults) REQUIRE(is_utf8(fault.path + fault.message));
    }
  }
}
