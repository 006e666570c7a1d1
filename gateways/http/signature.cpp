#include "gateways/http/signature.hpp"

#include <fmt/format.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <array>
#include <charconv>
#include <optional>
#include <stdexcept>

#include "domain/kernel/crypto.hpp"
#include "gateways/http/text.hpp"

namespace http {
namespace {

// In lower-case hexadecimal.
std::string mac_of(std::string_view secret, std::int64_t time, std::string_view body) {
  auto text = fmt::format("{}.", time);
  text += body;
  std::array<unsigned char, EVP_MAX_MD_SIZE> mac{};
  unsigned size = 0;
  if (!HMAC(
          EVP_sha256(),
          secret.data(),
          static_cast<int>(secret.size()),
          reinterpret_cast<const unsigned char*>(text.data()),
          text.size(),
          mac.data(),
          &size))
    throw std::runtime_error("OpenSSL cannot make an HMAC-SHA256; check its installation");
  return kernel::to_hex({reinterpret_cast<const char*>(mac.data()), size});
}

std::optional<std::int64_t> parse_seconds(std::string_view text) {
  std::int64_t seconds = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), seconds);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return seconds;
}

bool same(std::string_view left, std::string_view right) {
  return left.size() == right.size() && CRYPTO_memcmp(left.data(), right.data(), left.size()) == 0;
}

}  // namespace

std::string make_signature(
    std::string_view secret, std::chrono::sys_seconds time, std::string_view body) {
  const auto seconds = time.time_since_epoch().count();
  return fmt::format("t={},v1={}", seconds, mac_of(secret, seconds, body));
}

Signed check_signature(
    std::string_view signature,
    std::string_view secret,
    std::string_view body,
    std::chrono::system_clock::time_point now,
    std::chrono::seconds tolerance) {
  std::optional<std::int64_t> time;
  each_item(signature, [&](std::string_view item) {
    if (item.starts_with("t=")) time = parse_seconds(item.substr(2));
  });
  // Anybody can sign with nothing.
  if (!time || secret.empty()) return Signed::wrong;
  const auto wanted = mac_of(secret, *time, body);
  bool right = false;
  each_item(signature, [&](std::string_view item) {
    if (item.starts_with("v1=")) right = same(item.substr(3), wanted) || right;
  });
  if (!right) return Signed::wrong;
  // Compared as numbers of their own size: a signed time may be any that a 64-bit number can say.
  const auto today = std::chrono::floor<std::chrono::seconds>(now).time_since_epoch().count();
  const bool recent = *time >= today - tolerance.count() && *time <= today + tolerance.count();
  return recent ? Signed::well : Signed::too_long_ago;
}

}  // namespace http
