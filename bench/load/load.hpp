// Keeps an HTTP server of the loopback busy over keep-alive connections, and measures it.
//
// Concurrency: one thread for all connections, without a library between it and epoll: client and
// server share the machine, so what the client takes is missing from the figure.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "bench/load/answer.hpp"
#include "bench/load/histogram.hpp"

namespace load {

// What clients say, and what they make of the answers.
class Script {
 public:
  virtual ~Script() = default;
  // Writes the whole of the next request.
  virtual void request(std::string& out) = 0;
  // How much work the answer confirms; 0: it refuses, which ends the run.
  virtual std::uint64_t confirms(const Answer& answer) { return answer.status() / 100 == 2; }
  // Writes a request that is sent at once on the same connection and measured apart, from the
  // answer on; or writes nothing.
  virtual void follow(const Answer&, std::string&) {}
};

struct Plan {
  std::uint16_t port = 0;
  int connections = 1;
  std::optional<double> rate;  // requests a second, in an open loop; absent: a closed loop
  std::chrono::milliseconds warm_up{300};  // not measured
  std::chrono::milliseconds time{1500};
};

struct Measured {
  Histogram latency;    // of requests that were due after the warm-up
  Histogram following;  // of those that followed an answer
  std::uint64_t confirmed = 0;
  std::chrono::duration<double> time{0};

  double per_second() const { return static_cast<double>(confirmed) / time.count(); }
  void merge(const Measured& other);
};

// Throws std::runtime_error with what the server said when it refuses or hangs up.
Measured run(const Plan& plan, Script& script);

// A request over keep-alive, as a script writes it.
void write_get(std::string& out, std::string_view target, std::string_view more_headers);
void write_post(
    std::string& out, std::string_view target, std::string_view type, std::string_view body);

}  // namespace load
