// How far a reading is, with its rate and when it will be over: one line on a terminal, over and
// over; nothing where nobody looks.
//
// Concurrency: one thread.
#pragma once

#include <chrono>
#include <cstdint>
#include <cstdio>

#include "fmt/format.h"

namespace replay {

class Progress {
 public:
  enum class Show : std::uint8_t { nothing, line };
  explicit Progress(Show show) : show_{show} {}
  ~Progress() { clear(); }
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  // Of `end` messages of the log.
  void at(std::uint64_t at, std::uint64_t end) {
    const auto now = Clock::now();
    if (show_ == Show::nothing || at == 0 || at >= end || now - shown_ < between) return;
    shown_ = now;
    const std::chrono::duration<double> past = now - begin_;
    const double rate = static_cast<double>(at) / past.count();
    fmt::print(
        stderr,
        "\r\x1b[K{:.0f}% of {} blocks, {:.0f} a second, {:.0f} s to go",
        100.0 * static_cast<double>(at) / static_cast<double>(end),
        end,
        rate,
        static_cast<double>(end - at) / rate);
    std::fflush(stderr);
    written_ = true;
  }
  void clear() {
    if (written_) fmt::print(stderr, "\r\x1b[K");
    written_ = false;
  }

 private:
  using Clock = std::chrono::steady_clock;
  static constexpr std::chrono::milliseconds between{250};

  const Show show_;
  const Clock::time_point begin_ = Clock::now();
  Clock::time_point shown_ = begin_;
  bool written_ = false;
};

}  // namespace replay
