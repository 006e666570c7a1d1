// Just enough of an HTTP client for `construct up` to talk to its own gateway on the loopback.
#pragma once

#include <cstdint>
#include <string>

namespace cli {

struct Answer {
  int status = 0;  // 0: nobody answered
  std::string body;
};

Answer get(std::uint16_t port, const std::string& path);
Answer post(
    std::uint16_t port,
    const std::string& path,
    const std::string& content_type,
    const std::string& body);
int get_status(std::uint16_t port, const std::string& path);

}  // namespace cli
