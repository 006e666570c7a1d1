#include "schemas/notation.hpp"

#include <fmt/compile.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <cstring>
#include <iterator>

#include "schemas/types.hpp"

namespace schemas {
namespace {

constexpr std::size_t id_part_size_max = 64;

constexpr std::string_view base64_letters =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

constexpr bool is_digit(char c) { return '0' <= c && c <= '9'; }

// Indexed by the character: may it stand in a part of an id?
constexpr auto id_characters = [] {
  std::array<bool, 256> fit{};
  for (const char c :
       std::string_view{"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-"})
    fit[static_cast<unsigned char>(c)] = true;
  return fit;
}();

// The number that the digits of `text` make; the caller knows that they are digits.
int number(std::string_view text) {
  int value = 0;
  for (const char c : text) value = value * 10 + (c - '0');
  return value;
}

// ".5" as 500000; absent when it is not a fraction of up to six digits. None at all is 0.
std::optional<int> parse_fraction(std::string_view text) {
  if (text.empty()) return 0;
  const auto digits = text.substr(1);
  if (text.front() != '.' || digits.empty() || digits.size() > 6 ||
      !std::ranges::all_of(digits, is_digit))
    return std::nullopt;
  std::string padded{digits};
  padded.resize(6, '0');
  return number(padded);
}

// How many bytes the character at the front of `text` takes; 0 when it is not UTF-8 (RFC 3629,
// section 4).
std::size_t character_size(std::string_view text) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const auto lead = byte(0);
  if (lead < 0x80) return 1;
  const std::size_t size = lead < 0xC2   ? 0
                           : lead < 0xE0 ? 2
                           : lead < 0xF0 ? 3
                           : lead < 0xF5 ? 4
                                         : 0;
  if (size == 0 || text.size() < size) return 0;
  for (std::size_t i = 1; i < size; ++i)
    if ((byte(i) & 0xC0) != 0x80) return 0;
  const bool overlong = (lead == 0xE0 && byte(1) < 0xA0) || (lead == 0xF0 && byte(1) < 0x90);
  const bool surrogate = lead == 0xED && byte(1) >= 0xA0;
  const bool beyond_unicode = lead == 0xF4 && byte(1) >= 0x90;
  return overlong || surrogate || beyond_unicode ? 0 : size;
}

template <class Integer>
std::optional<Integer> parse(std::string_view text) {
  Integer value = 0;
  if (!is_decimal(text)) return std::nullopt;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

}  // namespace

bool is_coined_id(std::string_view text) {
  return !text.empty() && text.size() <= id_part_size_max &&
         std::ranges::all_of(text, [](unsigned char c) { return id_characters[c]; });
}

bool is_reference_id(std::string_view text) {
  if (text.size() > reference_id_size_max) return false;
  for (;;) {
    const auto end = text.find('~');
    if (!is_coined_id(text.substr(0, end))) return false;
    if (end == std::string_view::npos) return true;
    text.remove_prefix(end + 1);
  }
}

std::optional<std::int64_t> parse_time(std::string_view text) {
  constexpr std::string_view form = "0000-00-00T00:00:00";
  if (text.size() <= form.size() || text.back() != 'Z') return std::nullopt;
  for (std::size_t i = 0; i < form.size(); ++i)
    if (form[i] == '0' ? !is_digit(text[i]) : text[i] != form[i]) return std::nullopt;

  using namespace std::chrono;
  const auto unit = [&](std::size_t at) { return number(text.substr(at, 2)); };
  const year_month_day date{
      year{number(text.substr(0, 4))},
      month{static_cast<unsigned>(unit(5))},
      day{static_cast<unsigned>(unit(8))}};
  const auto fraction = parse_fraction(text.substr(form.size(), text.size() - form.size() - 1));
  if (!date.ok() || unit(11) > 23 || unit(14) > 59 || unit(17) > 59 || !fraction)
    return std::nullopt;
  const Time time = sys_days{date} + hours{unit(11)} + minutes{unit(14)} + seconds{unit(17)} +
                    microseconds{*fraction};
  return time.time_since_epoch().count();
}

std::string format_time(std::int64_t microseconds) {
  using namespace std::chrono;
  // RFC 3339 has four digits for the year.
  constexpr Time first = sys_days{year{0} / 1 / 1}, end = sys_days{year{10000} / 1 / 1};
  const Time time{std::chrono::microseconds{microseconds}};
  if (time < first || time >= end)
    throw Corrupt(
        fmt::format("{} microseconds from 1970 is not in the years 0 to 9999", microseconds));
  const auto date = floor<days>(time);
  const year_month_day civil{date};
  const hh_mm_ss clock{time - date};
  std::string text = fmt::format(
      FMT_COMPILE("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}"),
      static_cast<int>(civil.year()),
      static_cast<unsigned>(civil.month()),
      static_cast<unsigned>(civil.day()),
      clock.hours().count(),
      clock.minutes().count(),
      clock.seconds().count());
  if (const auto fraction = clock.subseconds().count(); fraction != 0)
    fmt::format_to(std::back_inserter(text), FMT_COMPILE(".{:06}"), fraction);
  text += 'Z';
  return text;
}

bool is_decimal(std::string_view text) {
  if (text == "0") return true;
  if (text.starts_with('-')) text.remove_prefix(1);
  return !text.empty() && text.front() != '0' && std::ranges::all_of(text, is_digit);
}

std::optional<std::int64_t> parse_integer(std::string_view text) {
  return parse<std::int64_t>(text);
}

std::optional<std::uint64_t> parse_unsigned(std::string_view text) {
  return parse<std::uint64_t>(text);
}

std::string to_base64(std::string_view bytes) {
  std::string text;
  text.reserve((bytes.size() + 2) / 3 * 4);
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    std::uint32_t group = 0;
    for (std::size_t j = 0; j < 3; ++j)
      group = group << 8 | (i + j < bytes.size() ? static_cast<std::uint8_t>(bytes[i + j]) : 0u);
    for (std::size_t j = 0; j < 4; ++j)
      text += i + j <= bytes.size() ? base64_letters[group >> (18 - 6 * j) & 63] : '=';
  }
  return text;
}

std::optional<std::string> from_base64(std::string_view text) {
  std::string bytes;
  bytes.reserve(text.size() / 4 * 3);
  for (std::size_t i = 0; i < text.size(); i += 4) {
    std::uint32_t group = 0;
    for (const char letter : text.substr(i, 4)) {
      const auto value = base64_letters.find(letter);
      group =
          group << 6 | (value == std::string_view::npos ? 0u : static_cast<std::uint32_t>(value));
    }
    for (const auto shift : {16, 8, 0}) bytes += static_cast<char>(group >> shift & 255);
  }
  if (text.ends_with('=')) bytes.pop_back();
  if (text.ends_with("==")) bytes.pop_back();
  // The only text of these bytes is what they are written as.
  if (text.size() % 4 != 0 || to_base64(bytes) != text) return std::nullopt;
  return bytes;
}

bool is_utf8(std::string_view text) {
  constexpr std::uint64_t high_bits = 0x8080808080808080;
  while (!text.empty()) {
    // Most text is ASCII: eight characters at a time.
    if (std::uint64_t eight = 0; text.size() >= sizeof eight) {
      std::memcpy(&eight, text.data(), sizeof eight);
      if ((eight & high_bits) == 0) {
        text.remove_prefix(sizeof eight);
        continue;
      }
    }
    const auto size = character_size(text);
    if (size == 0) return false;
    text.remove_prefix(size);
  }
  return true;
}

}  // namespace schemas
