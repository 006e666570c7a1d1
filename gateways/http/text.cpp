#include "gateways/http/text.hpp"

#include <algorithm>
#include <cstdint>

namespace http {
namespace {

// How many continuation bytes follow a lead byte, and the smallest code point they may make; -1 for
// no lead byte.
struct Lead {
  int following;
  std::uint32_t smallest;
  std::uint32_t bits;
};

Lead lead(unsigned char byte) {
  if (byte < 0x80) return {0, 0, byte};
  if (byte >= 0xc2 && byte < 0xe0) return {1, 0x80, byte & 0x1fu};
  if (byte >= 0xe0 && byte < 0xf0) return {2, 0x800, byte & 0x0fu};
  if (byte >= 0xf0 && byte < 0xf5) return {3, 0x10000, byte & 0x07u};
  return {-1, 0, 0};
}

}  // namespace

bool is_utf8(std::string_view text) {
  for (std::size_t i = 0; i < text.size();) {
    const auto [following, smallest, bits] = lead(static_cast<unsigned char>(text[i++]));
    if (following < 0 || text.size() - i < static_cast<std::size_t>(following)) return false;
    std::uint32_t point = bits;
    for (int n = 0; n < following; ++n) {
      const auto byte = static_cast<unsigned char>(text[i++]);
      if ((byte & 0xc0) != 0x80) return false;
      point = (point << 6) | (byte & 0x3fu);
    }
    const bool surrogate = point >= 0xd800 && point < 0xe000;
    if (point < smallest || point > 0x10ffff || surrogate) return false;
  }
  return true;
}

bool is_visible_ascii(std::string_view text, std::size_t longest) {
  return !text.empty() && text.size() <= longest &&
         std::ranges::all_of(text, [](char c) { return c >= '!' && c <= '~'; });
}

std::string_view trim(std::string_view text) {
  const auto begin = text.find_first_not_of(" \t");
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(" \t") - begin + 1);
}

std::string humanise(std::string_view name) {
  std::string text{name};
  std::ranges::replace(text, '_', ' ');
  if (!text.empty() && text[0] >= 'a' && text[0] <= 'z')
    text[0] = static_cast<char>(text[0] - 'a' + 'A');
  return text;
}

std::string escape_html(std::string_view text) {
  std::string escaped;
  for (const char c : text) {
    switch (c) {
      case '&':
        escaped += "&amp;";
        break;
      case '<':
        escaped += "&lt;";
        break;
      case '>':
        escaped += "&gt;";
        break;
      case '"':
        escaped += "&quot;";
        break;
      case '\'':
        escaped += "&#39;";
        break;
      default:
        escaped += c;
    }
  }
  return escaped;
}

}  // namespace http
