#include "gateways/http/api/digest.hpp"

#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/params.h>

#include <atomic>
#include <memory>
#include <stdexcept>

namespace http {
namespace {

struct FreeContext {
  void operator()(EVP_MAC_CTX* context) const { EVP_MAC_CTX_free(context); }
};
using Context = std::unique_ptr<EVP_MAC_CTX, FreeContext>;

void demand(bool succeeded) {
  if (!succeeded)
    throw std::runtime_error("OpenSSL cannot make an HMAC-SHA256; check its installation");
}

Context make_context(const std::string& key) {
  const std::unique_ptr<EVP_MAC, void (*)(EVP_MAC*)> mac{
      EVP_MAC_fetch(nullptr, "HMAC", nullptr), EVP_MAC_free};
  demand(mac != nullptr);
  Context context{EVP_MAC_CTX_new(mac.get())};
  char hash[] = "SHA256";
  const OSSL_PARAM parameters[] = {
      OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, hash, 0), OSSL_PARAM_construct_end()};
  demand(
      context && EVP_MAC_init(
                     context.get(),
                     reinterpret_cast<const unsigned char*>(key.data()),
                     key.size(),
                     parameters) == 1);
  return context;
}

std::atomic<std::uint64_t> digests_made{0};

}  // namespace

Digest::Digest(std::string key) : key_{std::move(key)}, number_{++digests_made} {
  if (key_.size() < 16)
    throw std::invalid_argument("the digest key is too short; give it at least 16 random bytes");
}

std::string Digest::operator()(std::string_view domain, std::string_view text) const {
  // To set the key up costs more than the rest, so each thread keeps the context of the digest it
  // last used.
  thread_local std::uint64_t owner = 0;
  thread_local Context context;
  if (owner != number_) {
    context = make_context(key_);
    owner = number_;
  } else {
    demand(EVP_MAC_init(context.get(), nullptr, 0, nullptr) == 1);
  }
  const auto update = [](std::string_view part) {
    return EVP_MAC_update(
        context.get(), reinterpret_cast<const unsigned char*>(part.data()), part.size());
  };
  demand(update(domain) == 1 && update({"\0", 1}) == 1 && update(text) == 1);
  std::string mac(32, '\0');
  std::size_t size = 0;
  demand(
      EVP_MAC_final(
          context.get(), reinterpret_cast<unsigned char*>(mac.data()), &size, mac.size()) == 1);
  return mac;
}

}  // namespace http
