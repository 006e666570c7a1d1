// The address of another company's service.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace outbound {

// Plain HTTP only: towards the internet a proxy beside this process adds TLS.
struct Url {
  std::string host;  // a name or an address; of IPv6 without its brackets
  std::uint16_t port = 80;
  std::string path;  // what comes before every request's own; empty, or "/a" without a last slash

  // For the Host header.
  std::string authority() const;
};

// Absent for what is not http://host[:port][/path].
std::optional<Url> parse_url(std::string_view text);

}  // namespace outbound
