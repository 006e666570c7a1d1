#include "schemas/notation.hpp"

#include <doctest/doctest.h>

#include <limits>

#include "schemas/types.hpp"

using namespace schemas;

TEST_SUITE("json: times") {
  TEST_CASE("a time is read and written the same") {
    for (const auto& [text, microseconds] : {
             std::pair{"1970-01-01T00:00:00Z", std::int64_t{0}},
             {"2026-11-21T05:25:00.123456Z", 1'795'238'700'123'456},
             {"2000-02-29T23:59:59.000001Z", 951'868'799'000'001},
             {"1969-12-31T23:59:59.999999Z", -1},
             {"0000-01-01T00:00:00Z", -62'167'219'200'000'000},
             {"9999-12-31T23:59:59.999999Z", 253'402'300'799'999'999},
         }) {
      CAPTURE(text);
      CHECK(parse_time(text) == microseconds);
      CHECK(format_time(microseconds) == text);
    }
  }

  TEST_CASE("a fraction may have fewer than six digits") {
    CHECK(parse_time("1970-01-01T00:00:00.5Z") == 500'000);
    CHECK(parse_time("1970-01-01T00:00:00.000000Z") == 0);
  }

  TEST_CASE("what is no time in UTC is none") {
    for (const auto* text : {
             "",
             "Z",
             "1970-01-01",
             "1970-01-01T00:00:00",
             "1970-01-01T00:00:00z",
             "1970-01-01t00:00:00Z",
             "1970-01-01 00:00:00Z",
             "1970-01-01T00:00:00+00:00",
             "1970-1-01T00:00:00Z",
             "1970-13-01T00:00:00Z",
             "1970-00-01T00:00:00Z",
             "1970-01-00T00:00:00Z",
             "1970-04-31T00:00:00Z",
             "1900-02-29T00:00:00Z",
             "1970-01-01T24:00:00Z",
             "1970-01-01T00:60:00Z",
             "1970-01-01T00:00:60Z",
             "1970-01-01T00:00:00.Z",
             "1970-01-01T00:00:00.1234567Z",
             "1970-01-01T00:00:00,5Z",
             "1970-01-01T00:00:00.5 Z",
             "+1970-01-01T00:00:00Z",
             "-970-01-01T00:00:00Z",
         }) {
      CAPTURE(text);
      CHECK_FALSE(parse_time(text));
    }
  }

  TEST_CASE("a year of five digits cannot be written") {
    CHECK_THROWS_AS(format_time(253'402'300'800'000'000), Corrupt);
    CHECK_THROWS_AS(format_time(-62'167'219'200'000'001), Corrupt);
    CHECK_THROWS_AS(format_time(std::numeric_limits<std::int64_t>::max()), Corrupt);
    CHECK_THROWS_AS(format_time(std::numeric_limits<std::int64_t>::min()), Corrupt);
  }
}

TEST_SUITE("json: integers in text") {
  TEST_CASE("only plain decimals are integers") {
    CHECK(parse_integer("0") == 0);
    CHECK(parse_integer("-9223372036854775808") == std::numeric_limits<std::int64_t>::min());
    CHECK_FALSE(parse_integer("9223372036854775808"));
    for (const auto* text : {"", "-", "-0", "00", "01", "+1", " 1", "1 ", "1.0", "1e3", "0x1"})
      CHECK_FALSE(is_decimal(text));
  }
}

TEST_SUITE("json: UTF-8") {
  TEST_CASE("characters of every length are UTF-8, wherever they stand") {
    for (std::string text = "é€😀\U0010FFFF\U0000D7FF\U0000E000"; text.size() < 40;
         text.insert(0, "x"))
      CHECK(is_utf8(text));
    CHECK(is_utf8(""));
  }

  TEST_CASE("what RFC 3629 forbids is not") {
    for (const auto* text : {
             "\x80",
             "\xbf",
             "\xc0\x80",
             "\xc1\xbf",
             "\xc3",
             "\xc3(",
             "\xe0\x9f\xbf",
             "\xe2\x82",
             "\xe2(\xa1",
             "\xed\xa0\x80",
             "\xed\xbf\xbf",
             "\xf0\x8f\xbf\xbf",
             "\xf0\x9f\x98",
             "\xf4\x90\x80\x80",
             "\xf5\x80\x80\x80",
             "\xff",
         }) {
      CHECK_FALSE(is_utf8(text));
      CHECK_FALSE(is_utf8("more than eight characters before " + std::string{text}));
    }
  }
  TEST_CASE("a count is a decimal without a sign") {
    CHECK(parse_unsigned("0") == 0);
    CHECK(parse_unsigned("18446744073709551615") == std::numeric_limits<std::uint64_t>::max());
    for (const auto* text :
         {"", "-1", "+1", "01", "1 ", " 1", "0x1", "1.0", "18446744073709551616"})
      CHECK_FALSE(parse_unsigned(text));
  }
  TEST_CASE("base64 is that of RFC 4648, and one text for each sequence of bytes") {
    const std::pair<std::string, std::string> published[]{
        {"", ""},
        {"f", "Zg=="},
        {"fo", "Zm8="},
        {"foo", "Zm9v"},
        {"foob", "Zm9vYg=="},
        {"fooba", "Zm9vYmE="},
        {"foobar", "Zm9vYmFy"},
        {{"\xfb\xff\0", 3}, "+/8A"}};
    for (const auto& [plain, encoded] : published) {
      CHECK(to_base64(plain) == encoded);
      CHECK(from_base64(encoded) == plain);
    }
    for (const auto* wrong :
         {"Zg", "Zg=", "Zh==", "Zm9=", "Zg==Zg==", "====", "-_8A", " Zg=", "Z===", "Zm9v="})
      CHECK_FALSE(from_base64(wrong));
  }
}
