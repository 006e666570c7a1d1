#include "gateways/http/api/cursors.hpp"

#include <openssl/crypto.h>

#include <algorithm>
#include <cstdint>
#include <stdexcept>

namespace http {
namespace {

constexpr std::size_t mac_size = 8;
constexpr std::size_t longest_token = 2048;
constexpr std::string_view alphabet =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

std::string to_base64url(std::string_view bytes) {
  std::string text;
  std::uint32_t bits = 0;
  int count = 0;
  for (const char byte : bytes) {
    bits = (bits << 8) | static_cast<unsigned char>(byte);
    for (count += 8; count >= 6; count -= 6) text += alphabet[(bits >> (count - 6)) & 63];
  }
  if (count > 0) text += alphabet[(bits << (6 - count)) & 63];
  return text;
}

std::optional<std::string> from_base64url(std::string_view text) {
  std::string bytes;
  std::uint32_t bits = 0;
  int count = 0;
  for (const char c : text) {
    const auto value = alphabet.find(c);
    if (value == std::string_view::npos) return std::nullopt;
    bits = (bits << 6) | static_cast<std::uint32_t>(value);
    count += 6;
    if (count < 8) continue;
    count -= 8;
    bytes += static_cast<char>((bits >> count) & 0xff);
  }
  // What is left over is nothing, so that bytes have one text only.
  if (count >= 6 || (bits & ((1u << count) - 1)) != 0) return std::nullopt;
  return bytes;
}

std::string mac_of(const Digest& digest, std::string_view scope, std::string_view content) {
  std::string text{scope};
  text.append(1, '\0').append(content);
  return digest("cursor", text).substr(0, mac_size);
}

void write_short(std::string& out, std::string_view text) {
  if (text.size() > 255)
    throw std::invalid_argument("a view's version has at most 255 characters; shorten it");
  out.append(1, static_cast<char>(text.size())).append(text);
}

bool read_short(std::string_view& bytes, std::string& text) {
  if (bytes.empty()) return false;
  const auto size = static_cast<unsigned char>(bytes.front());
  if (bytes.size() < 1u + size) return false;
  text = bytes.substr(1, size);
  bytes.remove_prefix(1u + size);
  return true;
}

}  // namespace

std::string write_cursor(const Digest& digest, std::string_view scope, const Cursor& cursor) {
  std::string content;
  write_short(content, cursor.version);
  write_short(content, cursor.incarnation);
  content += cursor.key;
  return to_base64url(mac_of(digest, scope, content) + content);
}

std::optional<Cursor> read_cursor(
    const Digest& digest, std::string_view scope, std::string_view token) {
  if (token.size() > longest_token) return std::nullopt;
  const auto bytes = from_base64url(token);
  if (!bytes || bytes->size() < mac_size) return std::nullopt;
  std::string_view content{*bytes};
  content.remove_prefix(mac_size);
  if (CRYPTO_memcmp(bytes->data(), mac_of(digest, scope, content).data(), mac_size) != 0)
    return std::nullopt;
  Cursor cursor;
  if (!read_short(content, cursor.version) || !read_short(content, cursor.incarnation))
    return std::nullopt;
  cursor.key = content;
  return cursor;
}

}  // namespace http
