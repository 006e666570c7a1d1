// How single values are noted down in JSON: ids, times, integers, texts, bytes. The reader, the
// writer and the API document agree by taking these rules from here.
//
// Any thread; no state.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "schemas/types.hpp"

namespace schemas {

// The largest integer that every JSON parser keeps exact; those beyond it are written as strings.
inline constexpr std::int64_t exact_integer_max = (std::int64_t{1} << 53) - 1;
constexpr bool is_exact_integer(std::int64_t value) {
  return -exact_integer_max <= value && value <= exact_integer_max;
}

// An id that a client coins, and one of something that exists: parts joined by '~' when the server
// composed it.
inline constexpr std::string_view coined_id_pattern = "^[A-Za-z0-9_-]{1,64}$";
inline constexpr std::string_view reference_id_pattern =
    "^[A-Za-z0-9_-]{1,64}(~[A-Za-z0-9_-]{1,64})*$";
inline constexpr std::size_t reference_id_size_max = 200;
bool is_coined_id(std::string_view text);
bool is_reference_id(std::string_view text);

// RFC 3339 in UTC with up to six digits of fraction, as microseconds since 1970; absent when it is
// not that. A leap second has no number of microseconds, so 23:59:60 is refused.
inline constexpr std::string_view time_pattern =
    "^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\\.[0-9]{1,6})?Z$";
std::optional<std::int64_t> parse_time(std::string_view text);
// "2026-11-21T05:25:00.123456Z"; without a fraction when it is zero. Throws Corrupt outside the
// years 0 to 9999, which RFC 3339 cannot say.
std::string format_time(std::int64_t microseconds);
inline std::string format_time(Time time) { return format_time(time.time_since_epoch().count()); }

// "0", "7", "-12": no sign but minus, no leading zeros, nothing around it, of any length.
bool is_decimal(std::string_view text);
// Absent when the text is no decimal or beyond 64 bits.
std::optional<std::int64_t> parse_integer(std::string_view text);

// Of a count: no sign at all, and otherwise the same.
std::optional<std::uint64_t> parse_unsigned(std::string_view text);

// RFC 4648, section 4, with padding. Each sequence of bytes has one text; any other is none.
std::string to_base64(std::string_view bytes);
std::optional<std::string> from_base64(std::string_view text);

bool is_utf8(std::string_view text);

}  // namespace schemas
