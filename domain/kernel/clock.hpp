// Time, injected: tests move it by months.
#pragma once

#include <chrono>

#include "schemas/types.hpp"

namespace kernel {

using schemas::Time;

class Clock {
 public:
  virtual ~Clock() = default;
  virtual Time now() const = 0;                           // UTC; may jump
  virtual std::chrono::microseconds elapsed() const = 0;  // since some start; never jumps
};

class SystemClock final : public Clock {
 public:
  Time now() const override {
    return std::chrono::time_point_cast<std::chrono::microseconds>(
        std::chrono::system_clock::now());
  }
  std::chrono::microseconds elapsed() const override {
    return std::chrono::duration_cast<std::chrono::microseconds>(
        std::chrono::steady_clock::now().time_since_epoch());
  }
};

}  // namespace kernel
