#include "gateways/http/uuid.hpp"

#include <openssl/rand.h>

#include <array>
#include <cstdint>
#include <cstring>
#include <stdexcept>

#include "domain/kernel/crypto.hpp"

namespace http {
namespace {

// Random bytes in stock, per thread: to ask OpenSSL for ten at a time would cost more than all the
// rest.
void take_random(std::uint8_t* out, std::size_t size) {
  thread_local std::array<std::uint8_t, 2048> stock;
  thread_local std::size_t used = stock.size();
  if (used + size > stock.size()) {
    if (RAND_bytes(stock.data(), static_cast<int>(stock.size())) != 1)
      throw std::runtime_error("the system gives no random bytes; check /dev/urandom");
    used = 0;
  }
  std::memcpy(out, stock.data() + used, size);
  used += size;
}

}  // namespace

std::string make_uuid(std::chrono::system_clock::time_point now) {
  std::array<std::uint8_t, 16> bytes;
  const auto since = std::chrono::duration_cast<std::chrono::milliseconds>(now.time_since_epoch());
  const auto milliseconds = static_cast<std::uint64_t>(since.count());
  for (std::size_t i = 0; i < 6; ++i)
    bytes[i] = static_cast<std::uint8_t>(milliseconds >> (40 - 8 * i));
  take_random(bytes.data() + 6, 10);
  bytes[6] = static_cast<std::uint8_t>((bytes[6] & 0x0f) | 0x70);
  bytes[8] = static_cast<std::uint8_t>((bytes[8] & 0x3f) | 0x80);

  return kernel::to_uuid({reinterpret_cast<const char*>(bytes.data()), bytes.size()});
}

}  // namespace http
