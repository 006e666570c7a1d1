#include "gateways/http/api/parameters.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "gateways/http/text.hpp"

namespace http {
namespace {

constexpr std::string_view min_position = "min_position";
constexpr std::chrono::seconds patience_default{2};
constexpr std::int64_t patience_most_s = 30;

std::optional<std::int64_t> number(std::string_view text) {
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

// Prefer: wait=N. A preference that cannot be read is not kept, as RFC 7240 has it.
std::chrono::milliseconds read_patience(const Request& request) {
  std::chrono::milliseconds patience = patience_default;
  for (const auto& header : request.headers) {
    if (!same_name(header.name, "Prefer")) continue;
    each_item(header.value, [&](std::string_view preference) {
      if (!preference.starts_with("wait=")) return;
      const auto seconds = number(preference.substr(5));
      if (seconds && *seconds >= 0)
        patience = std::chrono::seconds{std::min(*seconds, patience_most_s)};
    });
  }
  return patience;
}

}  // namespace

Parameters::Parameters(const Request& request, const std::vector<std::string>& known)
    : request_{request} {
  const auto& query = request.query;
  for (auto each = query.begin(); each != query.end(); ++each) {
    if (std::ranges::find(known, each->name) == known.end()) {
      fault(
          each->name,
          fmt::format("there is no such parameter; known are: {}", fmt::join(known, ", ")));
    } else if (
        each->name != min_position && std::any_of(query.begin(), each, [&](const auto& before) {
          return before.name == each->name;
        })) {
      fault(each->name, "the parameter is there twice; send it once");
    }
  }
}

std::optional<std::string_view> Parameters::get(std::string_view name) const {
  const auto found = std::ranges::find(request_.query, name, &Parameter::name);
  if (found == request_.query.end()) return std::nullopt;
  return found->value;
}

void Parameters::fault(std::string_view name, std::string message) {
  fault_at(fmt::format("query/{}", name), std::move(message));
}

void Parameters::fault_at(std::string place, std::string message) {
  faults_.push_back({std::move(place), std::move(message)});
}

std::size_t Parameters::limit() {
  const auto text = get("limit");
  if (!text) return limit_default;
  const auto value = number(*text);
  if (value && *value >= 1 && *value <= static_cast<std::int64_t>(limit_most))
    return static_cast<std::size_t>(*value);
  fault("limit", fmt::format("a whole number from 1 to {} is required", limit_most));
  return limit_default;
}

void Parameters::read_position(
    std::string_view place,
    std::string_view token,
    const std::string& incarnation,
    Freshness& freshness) {
  const auto position = kernel::parse_position(token);
  if (!position) {
    faults_.push_back(
        {std::string{place}, "send the value of a Construct-Position as it was given out"});
  } else if (incarnation.empty()) {
    other_problem_ = "unavailable";
  } else if (position->incarnation != incarnation) {
    other_problem_ = "position_unknown";
  } else {
    freshness.wanted = std::max(freshness.wanted.value_or(0), position->commit);
  }
}

Freshness Parameters::freshness(const std::string& incarnation) {
  Freshness freshness;
  for (const auto& parameter : request_.query)
    if (parameter.name == min_position)
      read_position("query/min_position", parameter.value, incarnation, freshness);
  for (const auto& header : request_.headers)
    if (same_name(header.name, "Construct-Min-Position"))
      each_item(header.value, [&](std::string_view token) {
        read_position("header/Construct-Min-Position", token, incarnation, freshness);
      });
  if (freshness.wanted) freshness.patience = read_patience(request_);
  return freshness;
}

std::optional<kernel::Position> Parameters::last_event(
    const std::string& incarnation, Freshness& freshness) {
  const auto id = request_.header("Last-Event-ID");
  if (!id || id->empty()) return std::nullopt;
  auto position = kernel::parse_position(*id);
  if (!position) {
    fault_at("header/Last-Event-ID", "send the id of an event as it was given out, or none");
  } else if (position->incarnation == incarnation) {
    freshness.wanted = std::max(freshness.wanted.value_or(0), position->commit);
    freshness.patience = read_patience(request_);
  }
  return position;
}

std::optional<Problem> Parameters::problem() const {
  if (!faults_.empty()) return Problem{.code = "malformed", .fields = faults_};
  if (!other_problem_.empty()) return Problem{.code = other_problem_};
  return std::nullopt;
}

Problem view_behind() { return {.code = "view_behind"}; }

}  // namespace http
