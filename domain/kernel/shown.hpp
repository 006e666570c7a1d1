// Any plain value as JSON, by the conventions of schemas/json.hpp: states of aggregates, for people
// who look at them. A struct is an object of its members, a map an object where its keys are texts,
// an optional that is absent null, a variant an object whose one member names the alternative.
//
// An enum that no schema declares needs a name_of() beside it. Any thread; no state.
#pragma once

#include <concepts>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#include "domain/kernel/civil.hpp"
#include "domain/kernel/members.hpp"
#include "schemas/json.hpp"

namespace kernel {

inline void write_shown(std::string& out, bool value) { out += value ? "true" : "false"; }
inline void write_shown(std::string& out, const std::string& text) {
  schemas::write_text(out, text);
}
inline void write_shown(std::string& out, Time value) {
  schemas::write_text(out, schemas::format_time(value));
}
inline void write_shown(std::string& out, LocalTime value) {
  schemas::write_text(out, to_text(value));
}
template <schemas::Literal Kind>
void write_shown(std::string& out, const schemas::Id<Kind>& id) {
  schemas::write_text(out, id.text());
}
template <std::integral Number>
void write_shown(std::string& out, Number value) {
  schemas::write_integer(out, static_cast<std::int64_t>(value));
}
template <class Enum>
  requires std::is_enum_v<Enum>
void write_shown(std::string& out, Enum value) {
  schemas::write_text(out, name_of(value));
}

// They hold each other, so they are declared before they are defined.
template <class T>
void write_shown(std::string& out, const std::optional<T>& value);
template <class T>
void write_shown(std::string& out, const std::vector<T>& items);
template <class T>
void write_shown(std::string& out, const std::set<T>& items);
template <class Key, class T>
void write_shown(std::string& out, const std::map<Key, T>& items);
template <class First, class Second>
void write_shown(std::string& out, const std::pair<First, Second>& both);
template <class... Cases>
void write_shown(std::string& out, const std::variant<Cases...>& value);
template <class Struct>
  requires std::is_aggregate_v<Struct>
void write_shown(std::string& out, const Struct& value);

namespace members {

template <class Items>
void write_list(std::string& out, const Items& items) {
  out += '[';
  for (const auto& item : items) {
    if (out.back() != '[') out += ',';
    write_shown(out, item);
  }
  out += ']';
}

// "Moving" of inventory::Moving.
template <class T>
consteval std::string_view type_name() {
  std::string_view text = __PRETTY_FUNCTION__;  // "… [with T = inventory::Moving; …]"
  text = text.substr(text.find("T = ") + 4);
  text = text.substr(0, text.find_first_of(";]"));
  return text.substr(text.find_last_of(':') + 1);
}

}  // namespace members

template <class T>
void write_shown(std::string& out, const std::optional<T>& value) {
  if (value)
    write_shown(out, *value);
  else
    out += "null";
}
template <class T>
void write_shown(std::string& out, const std::vector<T>& items) {
  members::write_list(out, items);
}
template <class T>
void write_shown(std::string& out, const std::set<T>& items) {
  members::write_list(out, items);
}
template <class Key, class T>
void write_shown(std::string& out, const std::map<Key, T>& items) {
  bool first = true;
  out += '{';
  for (const auto& [key, item] : items) {
    if (!std::exchange(first, false)) out += ',';
    write_shown(out, key);
    out += ':';
    write_shown(out, item);
  }
  out += '}';
}
template <class First, class Second>
void write_shown(std::string& out, const std::pair<First, Second>& both) {
  out += '[';
  write_shown(out, both.first);
  out += ',';
  write_shown(out, both.second);
  out += ']';
}
template <class... Cases>
void write_shown(std::string& out, const std::variant<Cases...>& value) {
  std::visit(
      [&]<class Case>(const Case& one) {
        out += '{';
        schemas::write_text(out, members::type_name<Case>());
        out += ':';
        write_shown(out, one);
        out += '}';
      },
      value);
}
template <class Struct>
  requires std::is_aggregate_v<Struct>
void write_shown(std::string& out, const Struct& value) {
  bool first = true;
  out += '{';
  each_member(value, [&](std::string_view name, const auto& member) {
    if (!std::exchange(first, false)) out += ',';
    schemas::write_text(out, name);
    out += ':';
    write_shown(out, member);
  });
  out += '}';
}

}  // namespace kernel
