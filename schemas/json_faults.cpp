#include "schemas/json_faults.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <vector>

#include "schemas/notation.hpp"

namespace schemas {
namespace {

std::vector<std::string_view> names(const Enum& type) {
  std::vector<std::string_view> names(type.values.size());
  std::ranges::transform(
      type.values, names.begin(), [](const auto& value) -> std::string_view { return value.name; });
  return names;
}

}  // namespace

std::string wanted(const Field& field) { return field.type.list ? "a list" : wanted_item(field); }

std::string wanted_item(const Field& field) {
  if (field.meaning == Meaning::time) return "a time in UTC such as \"2026-11-21T05:25:00Z\"";
  switch (field.type.kind) {
    case Kind::boolean:
      return "true or false";
    case Kind::table:
      return "an object";
    case Kind::text:
      return "a string";
    case Kind::enumeration:
      return fmt::format("one of {}", fmt::join(names(*field.type.enumeration), ", "));
    default:
      return "a whole number";
  }
}

const char* text_fault(const Field& field, std::string_view text) {
  if (text.find('\0') != std::string_view::npos)
    return "a string without the character NUL is required";
  if (field.meaning == Meaning::coined_id && !is_coined_id(text))
    return "an id of 1 to 64 letters A-Z or a-z, digits, '_' and '-' is required";
  if (field.meaning == Meaning::reference_id && !is_reference_id(text))
    return "an id of 1 to 64 letters A-Z or a-z, digits, '_' and '-', or several such parts joined "
           "by '~', is required; "
           "200 characters at most";
  return nullptr;
}

std::string_view syntax_fault(std::string_view what) {
  if (const auto reason = what.find(" - "); reason != std::string_view::npos)
    what.remove_prefix(reason + 3);
  return what.substr(0, what.find("; last read"));
}

}  // namespace schemas
