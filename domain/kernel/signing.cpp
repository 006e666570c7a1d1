#include "domain/kernel/signing.hpp"

#include <openssl/evp.h>

#include <cstdint>
#include <memory>
#include <stdexcept>

namespace kernel {
namespace {

constexpr std::string_view letters =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr std::size_t public_key_size = 32, seed_size = 32, signature_size = 64;

using Key = std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)>;
using Context = std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)>;

const unsigned char* data(std::string_view bytes) {
  return reinterpret_cast<const unsigned char*>(bytes.data());
}
unsigned char* data(std::string& bytes) { return reinterpret_cast<unsigned char*>(bytes.data()); }

Key private_key(std::string_view seed) {
  if (seed.size() != seed_size)
    throw std::invalid_argument("the seed of an Ed25519 key has 32 bytes");
  Key key{
      EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, nullptr, data(seed), seed.size()),
      &EVP_PKEY_free};
  if (!key) throw std::runtime_error("OpenSSL cannot make an Ed25519 key; check its installation");
  return key;
}

}  // namespace

std::string ed25519_public_key(std::string_view seed) {
  std::string key(public_key_size, '\0');
  auto size = key.size();
  if (EVP_PKEY_get_raw_public_key(private_key(seed).get(), data(key), &size) != 1)
    throw std::runtime_error("OpenSSL cannot make an Ed25519 key; check its installation");
  return key;
}

std::string sign_ed25519(std::string_view seed, std::string_view message) {
  const auto key = private_key(seed);
  const Context context{EVP_MD_CTX_new(), &EVP_MD_CTX_free};
  std::string signature(signature_size, '\0');
  auto size = signature.size();
  if (!context || EVP_DigestSignInit(context.get(), nullptr, nullptr, nullptr, key.get()) != 1 ||
      EVP_DigestSign(context.get(), data(signature), &size, data(message), message.size()) != 1)
    throw std::runtime_error("OpenSSL cannot make an Ed25519 signature; check its installation");
  return signature;
}

std::string to_base64(std::string_view bytes) {
  std::string text;
  text.reserve((bytes.size() + 2) / 3 * 4);
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    std::uint32_t group = 0;
    for (std::size_t j = 0; j < 3; ++j)
      group = group << 8 | (i + j < bytes.size() ? static_cast<std::uint8_t>(bytes[i + j]) : 0u);
    for (std::size_t j = 0; j < 4; ++j)
      text += i + j <= bytes.size() ? letters[group >> (18 - 6 * j) & 63] : '=';
  }
  return text;
}

std::optional<std::string> from_base64(std::string_view text) {
  std::string bytes;
  bytes.reserve(text.size() / 4 * 3);
  for (std::size_t i = 0; i < text.size(); i += 4) {
    std::uint32_t group = 0;
    for (const char letter : text.substr(i, 4)) {
      const auto value = letters.find(letter);
      group =
          group << 6 | (value == std::string_view::npos ? 0u : static_cast<std::uint32_t>(value));
    }
    for (const auto shift : {16, 8, 0}) bytes += static_cast<char>(group >> shift & 255);
  }
  if (text.ends_with('=')) bytes.pop_back();
  if (text.ends_with("==")) bytes.pop_back();
  // The only text of these bytes is what they are written as.
  if (text.size() % 4 != 0 || to_base64(bytes) != text) return std::nullopt;
  return bytes;
}

}  // namespace kernel
