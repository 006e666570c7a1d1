// Digests and signatures, as the domain needs them: pure functions of bytes. Any thread.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace kernel {

using Digest = std::array<std::uint8_t, 32>;
Digest sha256(std::string_view bytes);
std::string_view text(const Digest& digest);  // its bytes

// The same of bytes that come in pieces. One thread.
class Sha256 {
 public:
  Sha256();
  ~Sha256();
  Sha256(const Sha256&) = delete;
  Sha256& operator=(const Sha256&) = delete;

  void add(std::string_view bytes);
  Digest end();  // once

 private:
  void* context_;  // OpenSSL's, whose header stays out of ours
};

// RFC 8032. The key is 32 bytes, the signature 64; of any other size they verify nothing. Takes
// about 150 us, a hundred times what a decision usually does.
bool verify_ed25519(
    std::string_view public_key, std::string_view message, std::string_view signature);

// Nobody can guess them. Throws std::runtime_error when the system has none.
std::string random_bytes(std::size_t count);

// In lower case. What is not that, or of odd length, is no hexadecimal.
std::string to_hex(std::string_view bytes);
std::optional<std::string> from_hex(std::string_view text);
// 16 bytes in groups, "0193f2c4-…" (RFC 9562, section 4); others as to_hex.
std::string to_uuid(std::string_view bytes);

}  // namespace kernel
