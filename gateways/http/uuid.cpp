#include "gateways/http/uuid.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <string_view>

#include "domain/kernel/crypto.hpp"

namespace http {
namespace {

// Valid until the thread asks again. From a stock, per thread: to ask OpenSSL for ten at a time
// would cost more than all the rest.
std::string_view take_random(std::size_t size) {
  constexpr std::size_t stocked = 2048;
  thread_local std::string stock;
  thread_local std::size_t used = 0;
  if (used + size > stock.size()) {
    stock = kernel::random_bytes(stocked);
    used = 0;
  }
  used += size;
  return std::string_view{stock}.substr(used - size, size);
}

}  // namespace

std::string make_uuid(std::chrono::system_clock::time_point now) {
  constexpr std::size_t time_bytes = 6;
  std::array<std::uint8_t, 16> bytes;
  const auto since = std::chrono::duration_cast<std::chrono::milliseconds>(now.time_since_epoch());
  const auto milliseconds = static_cast<std::uint64_t>(since.count());
  for (std::size_t i = 0; i < time_bytes; ++i)
    bytes[i] = static_cast<std::uint8_t>(milliseconds >> (40 - 8 * i));
  std::ranges::copy(take_random(bytes.size() - time_bytes), bytes.begin() + time_bytes);
  bytes[6] = static_cast<std::uint8_t>((bytes[6] & 0x0f) | 0x70);
  bytes[8] = static_cast<std::uint8_t>((bytes[8] & 0x3f) | 0x80);

  return kernel::to_uuid({reinterpret_cast<const char*>(bytes.data()), bytes.size()});
}

}  // namespace http
