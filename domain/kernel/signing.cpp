#include "domain/kernel/signing.hpp"

#include <openssl/evp.h>

#include <memory>
#include <stdexcept>

namespace kernel {
namespace {

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

}  // namespace kernel
