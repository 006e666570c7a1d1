// When requests are due.
//
// In a closed loop the next one is due when the last is answered: as many are under way as there
// are connections, and a slow server is asked less. In an open loop they are due at a steady rate,
// whatever becomes of them, and each is measured from when it was due, not from when a connection
// was free to send it: so a pause of the server counts for all who would have come meanwhile, which
// is what "free of coordinated omission" means.
//
// Concurrency: one thread.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>

namespace load {

using Clock = std::chrono::steady_clock;

class Pace {
 public:
  // Without a rate (a second): a closed loop. Nothing is due at `end` or later.
  Pace(std::optional<double> rate, Clock::time_point begin, Clock::time_point end)
      : rate_{rate}, begin_{begin}, end_{end} {}

  // The moment from which the next request is measured, if one is due now; it is taken.
  std::optional<Clock::time_point> take(Clock::time_point now) {
    const auto due = next(now);
    if (due > now || due >= end_) return std::nullopt;
    ++taken_;
    return due;
  }
  // When take() will have one again.
  Clock::time_point next(Clock::time_point now) const {
    if (!rate_) return now;
    const std::chrono::duration<double> after{static_cast<double>(taken_) / *rate_};
    return begin_ + std::chrono::duration_cast<Clock::duration>(after);
  }
  bool over(Clock::time_point now) const { return next(now) >= end_; }

 private:
  std::optional<double> rate_;
  Clock::time_point begin_, end_;
  std::uint64_t taken_ = 0;
};

}  // namespace load
