#include "gateways/http/target.hpp"

#include <algorithm>

#include "gateways/http/text.hpp"

namespace http {
namespace {

int hex_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

bool is_unreserved(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' ||
         c == '.' || c == '_' || c == '~';
}

enum class Plus { literal, space };

std::optional<std::string> decode(std::string_view text, Plus plus) {
  std::string decoded;
  decoded.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    char c = text[i];
    if (c == '+' && plus == Plus::space) c = ' ';
    if (c == '%') {
      if (i + 2 >= text.size()) return std::nullopt;
      const int high = hex_value(text[i + 1]), low = hex_value(text[i + 2]);
      if (high < 0 || low < 0) return std::nullopt;
      c = static_cast<char>(high * 16 + low);
      i += 2;
    }
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) return std::nullopt;
    decoded += c;
  }
  if (!is_utf8(decoded)) return std::nullopt;
  return decoded;
}

}  // namespace

std::optional<std::string> decode_segment(std::string_view text) {
  return decode(text, Plus::literal);
}

std::string encode_segment(std::string_view text) {
  constexpr std::string_view digits = "0123456789ABCDEF";
  std::string encoded;
  for (const char c : text) {
    if (is_unreserved(c)) {
      encoded += c;
    } else {
      const auto byte = static_cast<unsigned char>(c);
      encoded += {'%', digits[byte >> 4], digits[byte & 15]};
    }
  }
  return encoded;
}

std::optional<Target> split_target(std::string_view target) {
  if (target.find('#') != std::string_view::npos) return std::nullopt;
  if (!target.empty() && target.front() != '/') {
    const auto scheme = target.find("://");
    if (scheme == std::string_view::npos) return std::nullopt;
    const auto path = target.find_first_of("/?", scheme + 3);
    if (path == std::string_view::npos || target[path] == '?') return std::nullopt;
    target.remove_prefix(path);
  }
  if (target.empty()) return std::nullopt;
  const auto mark = target.find('?');
  if (mark == std::string_view::npos) return Target{target, {}};
  return Target{target.substr(0, mark), target.substr(mark + 1)};
}

bool decode_query(std::string_view query, std::vector<Parameter>& parameters) {
  while (!query.empty()) {
    const auto end = std::min(query.find('&'), query.size());
    const auto pair = query.substr(0, end);
    query.remove_prefix(std::min(end + 1, query.size()));
    if (pair.empty()) continue;
    const auto equals = std::min(pair.find('='), pair.size());
    auto name = decode(pair.substr(0, equals), Plus::space);
    auto value = decode(pair.substr(std::min(equals + 1, pair.size())), Plus::space);
    if (!name || !value) return false;
    parameters.push_back({std::move(*name), std::move(*value)});
  }
  return true;
}

}  // namespace http
