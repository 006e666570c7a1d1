// What time it is for the engine that leads: what this machine's clock shows, as long as it goes on
// from where the log's server has confirmed it. When it jumps, the time since then goes on instead,
// until the server confirms what it shows now. A commit's time stays in the log for ever, and
// timers fire by it; so no clock that is set wrong for a moment may get into it.
#pragma once

#include <chrono>

#include "domain/kernel/clock.hpp"

namespace engine {

class LeaderTime {
 public:
  using Time = kernel::Time;
  using microseconds = std::chrono::microseconds;

  // `most`: so far from the server's a clock may be.
  LeaderTime(const kernel::Clock& clock, microseconds most) : clock_{clock}, most_{most} {}

  // Whether the clock is near enough to the server's, which shows this now; then what it shows
  // holds from now on.
  bool confirm(Time server) {
    if (apart(clock_.now(), server) > most_) return false;
    confirmed_ = clock_.now() - clock_.elapsed();
    return true;
  }
  std::chrono::seconds off_by(Time server) const {
    return std::chrono::duration_cast<std::chrono::seconds>(apart(clock_.now(), server));
  }

  Time now() const {
    const auto shown = clock_.now(), gone_on = confirmed_ + clock_.elapsed();
    return apart(shown, gone_on) > most_ ? gone_on : shown;
  }
  bool jumped() const { return apart(clock_.now(), confirmed_ + clock_.elapsed()) > most_; }

 private:
  static microseconds apart(Time one, Time other) { return std::chrono::abs(one - other); }

  const kernel::Clock& clock_;
  microseconds most_;
  Time confirmed_{};  // what the clock showed when nothing had elapsed
};

}  // namespace engine
