// New ids: UUIDv7 (RFC 9562), 48 bits of milliseconds and 74 random bits.
#pragma once

#include <chrono>
#include <string>

namespace http {

std::string make_uuid(std::chrono::system_clock::time_point now);

}  // namespace http
