// Ed25519 signatures (RFC 8032) for whoever has the key, and base64, in which they are written:
// pure functions of bytes. Any thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace kernel {

// Of whoever has the key's seed, which is 32 random bytes. Throw std::invalid_argument when it is
// not.
std::string ed25519_public_key(std::string_view seed);
std::string sign_ed25519(std::string_view seed, std::string_view message);

// RFC 4648, section 4, with padding. Each sequence of bytes has one text; any other is none.
std::string to_base64(std::string_view bytes);
std::optional<std::string> from_base64(std::string_view text);

}  // namespace kernel
