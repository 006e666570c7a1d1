#include "gateways/http/cors.hpp"

#include <algorithm>

#include "gateways/http/text.hpp"

namespace http {
namespace {

constexpr std::string_view any_port = ":*";

// What the contract reads of a request and tells in an answer, beyond what browsers let through
// anyway.
constexpr std::string_view request_headers =
    "Content-Type, Idempotency-Key, If-Match, If-None-Match, Construct-Min-Position, "
    "Construct-Correlation-Id, Prefer, Last-Event-ID";
constexpr std::string_view response_headers =
    "Location, ETag, Construct-Position, Construct-Correlation-Id, Construct-Quarantined, "
    "Construct-Quarantined-Keys, Idempotency-Key, Idempotent-Replayed, Retry-After, Allow";

// What an address takes changes with a release; browsers keep this for two hours at most.
constexpr std::uint64_t preflight_seconds = 7'200;

constexpr std::string_view letters = "abcdefghijklmnopqrstuvwxyz";
constexpr std::string_view digits = "0123456789";

bool is_made_of(std::string_view text, std::initializer_list<std::string_view> sets) {
  return !text.empty() && std::ranges::all_of(text, [&](char c) {
    return std::ranges::any_of(sets, [&](auto set) { return set.find(c) != set.npos; });
  });
}

bool is_host(std::string_view text) {
  if (text.starts_with('[') && text.ends_with(']'))
    return is_made_of(text.substr(1, text.size() - 2), {digits, "abcdef:."});
  return is_made_of(text, {letters, digits, "-._"});
}

bool is_origin(std::string_view text) {
  const auto scheme_end = text.find("://");
  if (scheme_end == text.npos || !is_made_of(text.substr(0, scheme_end), {letters, digits, "+-."}))
    return false;
  text.remove_prefix(scheme_end + 3);
  const auto host_end = text.find(':', text.find(']') == text.npos ? 0 : text.find(']'));
  if (!is_host(text.substr(0, host_end))) return false;
  if (host_end == text.npos || text.substr(host_end) == any_port) return true;
  return is_made_of(text.substr(host_end + 1), {digits});
}

bool matches(std::string_view allowed, std::string_view origin) {
  if (!allowed.ends_with(any_port)) return origin == allowed;
  allowed.remove_suffix(any_port.size());
  if (!origin.starts_with(allowed)) return false;
  origin.remove_prefix(allowed.size());
  if (origin.empty()) return true;
  return origin.starts_with(':') && is_made_of(origin.substr(1), {digits});
}

}  // namespace

std::optional<Cors> Cors::parse(std::string_view origins) {
  Cors cors;
  each_item(origins, [&](std::string_view origin) { cors.origins_.emplace_back(origin); });
  if (!std::ranges::all_of(cors.origins_, is_origin)) return std::nullopt;
  return cors;
}

bool Cors::allows(std::string_view origin) const {
  return std::ranges::any_of(
      origins_, [&](const auto& allowed) { return matches(allowed, origin); });
}

void Cors::permit(const Request& request, Response& response) const {
  if (origins_.empty()) return;
  // To everybody: what a cache keeps for one origin is not right for the next.
  response.add("Vary", "Origin");
  const auto origin = request.header("Origin");
  if (!origin || !allows(*origin)) return;
  response.add("Access-Control-Allow-Origin", *origin);
  response.add("Access-Control-Expose-Headers", response_headers);
}

void Cors::permit_methods(
    const Request& request, std::string_view methods, Response& response) const {
  const auto origin = request.header("Origin");
  if (!origin || !allows(*origin) || !request.header("Access-Control-Request-Method")) return;
  response.add("Access-Control-Allow-Methods", methods);
  response.add("Access-Control-Allow-Headers", request_headers);
  response.add("Access-Control-Max-Age", preflight_seconds);
}

}  // namespace http
