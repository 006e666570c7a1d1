#include "gateways/outbound/url.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

namespace outbound {
namespace {

std::optional<std::uint16_t> parse_port(std::string_view text) {
  std::uint16_t port = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
  if (error != std::errc{} || end != text.data() + text.size() || port == 0) return std::nullopt;
  return port;
}

}  // namespace

std::string Url::authority() const {
  return host.find(':') == std::string::npos ? fmt::format("{}:{}", host, port)
                                             : fmt::format("[{}]:{}", host, port);
}

std::optional<Url> parse_url(std::string_view text) {
  constexpr std::string_view scheme = "http://";
  const auto is_visible = [](char c) { return c > ' ' && c < 0x7f; };
  if (!text.starts_with(scheme) || !std::ranges::all_of(text, is_visible)) return std::nullopt;
  text.remove_prefix(scheme.size());
  if (text.find_first_of("?#@") != std::string_view::npos) return std::nullopt;

  Url url;
  const auto slash = std::min(text.find('/'), text.size());
  auto place = text.substr(0, slash);
  url.path = text.substr(slash);
  while (url.path.ends_with('/')) url.path.pop_back();

  const auto bracket = place.starts_with('[') ? place.find(']') : 0;
  if (bracket == std::string_view::npos) return std::nullopt;
  const auto colon = place.find(':', bracket);
  if (colon != std::string_view::npos) {
    const auto port = parse_port(place.substr(colon + 1));
    if (!port) return std::nullopt;
    url.port = *port;
    place = place.substr(0, colon);
  }
  if (bracket != 0) {
    if (place.back() != ']') return std::nullopt;
    place = place.substr(1, place.size() - 2);
  }
  url.host = place;
  return url.host.empty() ? std::nullopt : std::optional{std::move(url)};
}

}  // namespace outbound
