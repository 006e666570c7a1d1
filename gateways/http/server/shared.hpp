// What the loops and connections of one server have in common.
#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <string_view>

#include "gateways/http/server.hpp"

namespace http {

using Clock = std::chrono::steady_clock;

struct Shared {
  Application& application;
  ServerOptions options;
  std::atomic<std::size_t> buffered{0};  // bytes held for unfinished bodies

  void log(std::string_view line) const {
    if (options.log) options.log(line);
  }
};

}  // namespace http
