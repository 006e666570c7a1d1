#include "domain/kernel/crypto.hpp"

#include <openssl/evp.h>
#include <openssl/rand.h>

#include <array>
#include <memory>
#include <stdexcept>

namespace kernel {
namespace {

constexpr std::string_view digits = "0123456789abcdef";
constexpr std::size_t public_key_size = 32, signature_size = 64;

const unsigned char* data(std::string_view bytes) {
  return reinterpret_cast<const unsigned char*>(bytes.data());
}

// The one-call SHA256() looks the algorithm up by its name each time, which costs twice the rest.
const EVP_MD* algorithm() {
  static EVP_MD* const fetched = EVP_MD_fetch(nullptr, "SHA256", nullptr);
  return fetched;
}

void must_digest(int done) {
  if (done != 1) throw std::runtime_error("OpenSSL cannot make a SHA-256; check its installation");
}

EVP_MD_CTX* context_of(void* context) { return static_cast<EVP_MD_CTX*>(context); }

}  // namespace

Digest sha256(std::string_view bytes) {
  Digest digest;
  must_digest(EVP_Digest(bytes.data(), bytes.size(), digest.data(), nullptr, algorithm(), nullptr));
  return digest;
}

Sha256::Sha256() : context_{EVP_MD_CTX_new()} {
  must_digest(context_ && EVP_DigestInit_ex(context_of(context_), algorithm(), nullptr) == 1);
}
Sha256::~Sha256() { EVP_MD_CTX_free(context_of(context_)); }

void Sha256::add(std::string_view bytes) {
  must_digest(EVP_DigestUpdate(context_of(context_), bytes.data(), bytes.size()));
}
Digest Sha256::end() {
  Digest digest;
  must_digest(EVP_DigestFinal_ex(context_of(context_), digest.data(), nullptr));
  return digest;
}

std::string_view text(const Digest& digest) {
  return {reinterpret_cast<const char*>(digest.data()), digest.size()};
}

bool verify_ed25519(
    std::string_view public_key, std::string_view message, std::string_view signature) {
  if (public_key.size() != public_key_size || signature.size() != signature_size) return false;
  const std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> key{
      EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nullptr, data(public_key), public_key.size()),
      &EVP_PKEY_free};
  if (!key) return false;
  const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context{
      EVP_MD_CTX_new(), &EVP_MD_CTX_free};
  if (!context || EVP_DigestVerifyInit(context.get(), nullptr, nullptr, nullptr, key.get()) != 1)
    throw std::runtime_error("OpenSSL cannot verify an Ed25519 signature; check its installation");
  return EVP_DigestVerify(
             context.get(), data(signature), signature.size(), data(message), message.size()) == 1;
}

std::string random_bytes(std::size_t count) {
  std::string bytes(count, '\0');
  if (RAND_bytes(reinterpret_cast<unsigned char*>(bytes.data()), static_cast<int>(count)) != 1)
    throw std::runtime_error("the system gives no random bytes; check /dev/urandom");
  return bytes;
}

std::string to_hex(std::string_view bytes) {
  std::string hex;
  hex.reserve(2 * bytes.size());
  for (const unsigned char byte : bytes) {
    hex += digits[byte >> 4];
    hex += digits[byte & 15];
  }
  return hex;
}

std::string to_uuid(std::string_view bytes) {
  constexpr std::array<std::size_t, 5> groups{8, 4, 4, 4, 12};
  auto hex = to_hex(bytes);
  if (bytes.size() != 16) return hex;
  std::string text;
  text.reserve(hex.size() + groups.size() - 1);
  std::size_t at = 0;
  for (const auto size : groups) {
    if (at > 0) text += '-';
    text.append(hex, at, size);
    at += size;
  }
  return text;
}

std::optional<std::string> from_hex(std::string_view text) {
  if (text.size() % 2 != 0) return std::nullopt;
  std::string bytes;
  bytes.reserve(text.size() / 2);
  for (std::size_t i = 0; i < text.size(); i += 2) {
    const auto high = digits.find(text[i]), low = digits.find(text[i + 1]);
    if (high == std::string_view::npos || low == std::string_view::npos) return std::nullopt;
    bytes += static_cast<char>(high << 4 | low);
  }
  return bytes;
}

}  // namespace kernel
