// The log of a running deployment, opened for reading only.
//
// Concurrency: one thread.
#pragma once

#include <functional>
#include <string>

#include "gateways/nats/stream.hpp"

namespace replay {

class Source {
 public:
  // As the user `replay`, which may read the log and nothing else
  // (gateways/nats/server_config.cpp). Throws std::runtime_error with a sentence when nats-server
  // is not there.
  explicit Source(const nats::Address& address)
      : connection_{address, "construct replay", patience_ms}, stream_{connection_, [](auto) {}} {}

  fold::Log& log() { return stream_; }

 private:
  static constexpr int patience_ms = 2'000;

  nats::Connection connection_;
  nats::Stream stream_;
};

}  // namespace replay
