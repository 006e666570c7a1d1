// The few types that schemas add to C++'s own: typed ids, instants and bytes.
#pragma once

#include <algorithm>
#include <chrono>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace schemas {

// A string literal as a template argument.
template <std::size_t Size>
struct Literal {
  char text[Size];
  // NOLINTNEXTLINE(google-explicit-constructor): so that a literal is one
  consteval Literal(const char (&literal)[Size]) { std::copy_n(literal, Size, text); }
};

// The id of one kind of thing: `Id<"Reservation">` does not convert to `Id<"StockItem">`. Its text
// is checked where it enters (schemas/json_reader.hpp), so inside the system every id is well
// formed.
template <Literal Kind>
class Id {
 public:
  Id() = default;
  explicit Id(std::string text) : text_{std::move(text)} {}
  explicit Id(std::string_view text) : text_{text} {}
  explicit Id(const char* text) : text_{text} {}

  const std::string& text() const { return text_; }
  bool empty() const { return text_.empty(); }
  auto operator<=>(const Id&) const = default;

 private:
  std::string text_;
};

// An instant in UTC; the wire form is microseconds since 1970-01-01 as an int64.
using Time = std::chrono::sys_time<std::chrono::microseconds>;

// Bytes that no schema describes, such as a digest.
struct Bytes {
  std::string data;
  bool operator==(const Bytes&) const = default;
};

// Stored bytes are not what the schema says: damage, or a newer build's work.
struct Corrupt : std::runtime_error {
  using std::runtime_error::runtime_error;
};

}  // namespace schemas

template <schemas::Literal Kind>
struct std::hash<schemas::Id<Kind>> {
  std::size_t operator()(const schemas::Id<Kind>& id) const noexcept {
    return std::hash<std::string>{}(id.text());
  }
};
