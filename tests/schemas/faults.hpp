// What the JSON reader made of a body, as text to compare with.
#pragma once

#include <fmt/format.h>

#include <span>
#include <string>
#include <string_view>

#include "schemas/json.hpp"

namespace schemas::testing {

// All faults of a body, one per line: "/lines/0/quantity: this field is required\n".
inline std::string faults(
    const Table& table, std::string_view json, std::span<const Given> given = {}) {
  std::string text;
  for (const auto& [path, message] : read_json(table, json, given).faults)
    text += fmt::format("{}: {}\n", path, message);
  return text;
}

// What was read, told again in canonical form; its faults when there are any.
inline std::string told(
    const Table& table, std::string_view json, std::span<const Given> given = {}) {
  const auto parsed = read_json(table, json, given);
  return parsed.ok() ? canonical_json(table, parsed.bytes) : faults(table, json, given);
}

}  // namespace schemas::testing
