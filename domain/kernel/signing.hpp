// Ed25519 signatures (RFC 8032) for whoever has the key: pure functions of bytes. Any thread.
#pragma once

#include <string>
#include <string_view>

namespace kernel {

// Of whoever has the key's seed, which is 32 random bytes. Throw std::invalid_argument when it is
// not.
std::string ed25519_public_key(std::string_view seed);
std::string sign_ed25519(std::string_view seed, std::string_view message);

}  // namespace kernel
