// Ed25519 keys of people, for tests: made from their names, so that they are the same every time.
#pragma once

#include <openssl/evp.h>

#include <memory>
#include <stdexcept>

#include "domain/kernel/crypto.hpp"

namespace smart_contract {

// Values are made before any test runs, so nothing is checked by the tests' own means here.
inline void demand(bool succeeded) {
  if (!succeeded) throw std::runtime_error("OpenSSL cannot sign; check its installation");
}

using Key = std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)>;

inline Key key_of(std::string_view person) {
  const auto seed = kernel::sha256(person);
  return {
      EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, nullptr, seed.data(), seed.size()),
      &EVP_PKEY_free};
}

inline std::string public_key(std::string_view person) {
  std::string bytes(32, '\0');
  auto size = bytes.size();
  demand(
      EVP_PKEY_get_raw_public_key(
          key_of(person).get(), reinterpret_cast<unsigned char*>(bytes.data()), &size) == 1);
  return kernel::to_hex(bytes);
}

// Over the bytes that the hash is of; both in hexadecimal.
inline std::string sign(std::string_view person, std::string_view hash) {
  const auto message = kernel::from_hex(hash).value();
  const auto key = key_of(person);
  const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context{
      EVP_MD_CTX_new(), &EVP_MD_CTX_free};
  demand(EVP_DigestSignInit(context.get(), nullptr, nullptr, nullptr, key.get()) == 1);
  std::string bytes(64, '\0');
  auto size = bytes.size();
  demand(
      EVP_DigestSign(
          context.get(),
          reinterpret_cast<unsigned char*>(bytes.data()),
          &size,
          reinterpret_cast<const unsigned char*>(message.data()),
          message.size()) == 1);
  return kernel::to_hex(bytes);
}

}  // namespace smart_contract
