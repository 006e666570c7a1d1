#include "gateways/http/router.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <stdexcept>

#include "gateways/http/target.hpp"

namespace http {
namespace {

using Segments = std::array<std::string_view, Router::segments_max>;

// Calls visit(segment) for each segment of a path that begins with '/'.
template <class Visit>
void each_segment(std::string_view path, Visit&& visit) {
  path.remove_prefix(1);
  for (;;) {
    const auto slash = path.find('/');
    visit(path.substr(0, slash));
    if (slash == std::string_view::npos) return;
    path.remove_prefix(slash + 1);
  }
}

std::optional<std::string_view> parameter_name(std::string_view segment) {
  if (!segment.starts_with('{') || !segment.ends_with('}') || segment.size() < 3)
    return std::nullopt;
  return segment.substr(1, segment.size() - 2);
}

// Neither escaped nor beyond ASCII, so as it is.
bool is_plain(std::string_view segment) {
  return std::ranges::none_of(
      segment, [](char c) { return c == '%' || static_cast<unsigned char>(c) > 0x7e; });
}

}  // namespace

struct Router::Node {
  struct Target {
    Endpoint endpoint;
    std::vector<std::string> parameters;
  };
  std::map<std::string, std::unique_ptr<Node>, std::less<>> literals;
  std::unique_ptr<Node> parameter;
  std::map<std::string, Target, std::less<>> methods;

  // The most literal node that some pattern ends at. `values` gets the segments that stood for
  // parameters.
  const Node* find(
      std::span<const std::string_view> segments, Segments& values, std::size_t& count) const {
    if (segments.empty()) return methods.empty() ? nullptr : this;
    const auto rest = segments.subspan(1);
    if (const auto literal = literals.find(segments[0]); literal != literals.end())
      if (const auto* node = literal->second->find(rest, values, count)) return node;
    if (!parameter || segments[0].empty()) return nullptr;
    const auto at = count;
    values[count++] = segments[0];
    if (const auto* node = parameter->find(rest, values, count)) return node;
    count = at;
    return nullptr;
  }
};

Router::Router() : root_{std::make_unique<Node>()} {}
Router::~Router() = default;

void Router::add(std::string_view method, std::string_view pattern, Endpoint endpoint) {
  const auto refuse = [&](std::string_view what) {
    throw std::invalid_argument(fmt::format("{} {}: {}", method, pattern, what));
  };
  if (!pattern.starts_with('/')) refuse("a pattern begins with /");
  auto* node = root_.get();
  std::size_t depth = 0;
  each_segment(pattern, [&](std::string_view segment) {
    auto& next = parameter_name(segment) ? node->parameter : node->literals[std::string{segment}];
    if (!next) next = std::make_unique<Node>();
    node = next.get();
    ++depth;
  });
  if (depth > segments_max) refuse("too many segments; shorten the path");
  const auto added = node->methods.try_emplace(
      std::string{method}, Node::Target{endpoint, parameters_of(pattern)});
  if (!added.second) refuse("another route has this method and path already; remove one of them");
}

Router::Found Router::find(std::string_view method, std::string_view path) const {
  Found found;
  if (!path.starts_with('/')) return found;
  Segments segments;
  std::size_t count = 0;
  bool too_many = false, malformed = false;
  each_segment(path, [&](std::string_view segment) {
    if (count == segments_max) return void(too_many = true);
    if (!is_plain(segment)) {
      auto decoded = decode_segment(segment);
      if (!decoded) return void(malformed = true);
      found.decoded.reserve(segments_max);  // Views of its elements must last.
      segment = found.decoded.emplace_back(std::move(*decoded));
    }
    segments[count++] = segment;
  });
  if (malformed) found.outcome = Outcome::malformed;
  if (malformed || too_many) return found;

  Segments values;
  const auto* node = root_->find({segments.data(), count}, values, found.count);
  if (!node) return found;
  auto target = node->methods.find(method);
  if (target == node->methods.end() && method == "HEAD") target = node->methods.find("GET");
  if (target == node->methods.end()) {
    found.outcome = Outcome::method_not_allowed;
    for (const auto& [name, unused] : node->methods)
      found.allow += (found.allow.empty() ? "" : ", ") + name + (name == "GET" ? ", HEAD" : "");
    return found;
  }
  found.outcome = Outcome::found;
  found.endpoint = target->second.endpoint;
  for (std::size_t i = 0; i < found.count; ++i)
    found.given[i] = {target->second.parameters[i], values[i]};
  return found;
}

std::vector<std::string> parameters_of(std::string_view pattern) {
  std::vector<std::string> names;
  each_segment(pattern, [&](std::string_view segment) {
    if (const auto name = parameter_name(segment)) names.emplace_back(*name);
  });
  return names;
}

}  // namespace http
