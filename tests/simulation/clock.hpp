// A clock that tests move: the wall's time may jump, the elapsed time does not.
#pragma once

#include <algorithm>
#include <vector>

#include "domain/kernel/clock.hpp"
#include "tests/simulation/timeline.hpp"

namespace simulation {

using kernel::Time;

// When every simulation begins: 2026-01-01.
inline constexpr Time beginning{std::chrono::sys_days{std::chrono::year{2026} / 1 / 1}};

class TimelineClock final : public kernel::Clock {
 public:
  explicit TimelineClock(const Timeline& timeline) : timeline_{timeline} {}

  Time now() const override {
    reads_.push_back(beginning + timeline_.now() + off_by_);
    latest_ = std::max(latest_, reads_.back());
    return reads_.back();
  }
  std::chrono::microseconds elapsed() const override {
    return std::chrono::duration_cast<std::chrono::microseconds>(timeline_.now());
  }

  void set_off_by(std::chrono::microseconds off_by) { off_by_ = off_by; }

  // How often it was read, and what it showed: the earliest since one reading, the latest ever.
  std::size_t reads() const { return reads_.size(); }
  Time earliest_since(std::size_t read) const {
    return *std::min_element(reads_.begin() + static_cast<std::ptrdiff_t>(read), reads_.end());
  }
  Time latest() const { return latest_; }

 private:
  const Timeline& timeline_;
  std::chrono::microseconds off_by_{};
  mutable std::vector<Time> reads_;
  mutable Time latest_{};
};

}  // namespace simulation
