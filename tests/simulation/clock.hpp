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
    const auto right = beginning + timeline_.now(), shown = right + off_by_;
    reads_.push_back(std::min(shown, right + lowest_near_));
    latest_ = std::max({latest_, shown, right + highest_near_});
    return shown;
  }
  std::chrono::microseconds elapsed() const override {
    return std::chrono::duration_cast<std::chrono::microseconds>(timeline_.now());
  }

  void set_off_by(std::chrono::microseconds off_by) {
    off_by_ = off_by;
    if (std::chrono::abs(off_by) > near) return;
    lowest_near_ = std::min(lowest_near_, off_by);
    highest_near_ = std::max(highest_near_, off_by);
  }

  // How often it was read, and what time a reader may have gone by, who goes on from what the clock
  // showed before when it jumps far: the earliest since one reading, the latest ever.
  std::size_t reads() const { return reads_.size(); }
  Time earliest_since(std::size_t read) const {
    return *std::min_element(reads_.begin() + static_cast<std::ptrdiff_t>(read), reads_.end());
  }
  Time latest() const { return latest_; }

 private:
  static constexpr std::chrono::seconds near{6};

  const Timeline& timeline_;
  std::chrono::microseconds off_by_{}, lowest_near_{}, highest_near_{};
  mutable std::vector<Time> reads_;
  mutable Time latest_{};
};

}  // namespace simulation
