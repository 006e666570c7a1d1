// Signatures of webhooks: "t=<seconds since 1970>,v1=<hex HMAC-SHA256 of "t.body">". The time is
// signed along, so that an old message cannot be sent again later.
//
// Any thread; no state.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

namespace http {

std::string make_signature(
    std::string_view secret, std::chrono::sys_seconds time, std::string_view body);

enum class Signed : std::uint8_t {
  well,
  wrong,         // not by this secret, not of these bytes, or no signature at all
  too_long_ago,  // well, but not within `tolerance` of now
};

// Over the raw bytes. A sender may give several v1, while it changes its secret: one must be right.
// Takes the same time whatever is wrong with a signature.
Signed check_signature(
    std::string_view signature,
    std::string_view secret,
    std::string_view body,
    std::chrono::system_clock::time_point now,
    std::chrono::seconds tolerance);

}  // namespace http
