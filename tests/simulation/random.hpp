// Everything random in a simulation comes from one seed, so that a failure can be replayed.
#pragma once

#include <chrono>
#include <cstdint>

namespace simulation {

using std::chrono::microseconds;
using std::chrono::milliseconds;
using std::chrono::seconds;

// SplitMix64: the same numbers on every machine and with every standard library.
class Random {
 public:
  explicit Random(std::uint64_t seed) : state_{seed} {}

  std::uint64_t next() {
    auto mixed = state_ += 0x9e3779b97f4a7c15u;
    mixed = (mixed ^ (mixed >> 30)) * 0xbf58476d1ce4e5b9u;
    mixed = (mixed ^ (mixed >> 27)) * 0x94d049bb133111ebu;
    return mixed ^ (mixed >> 31);
  }

  // From 0 up to, but not including, `end`.
  std::uint64_t below(std::uint64_t end) { return next() % end; }
  // From `least` to `most`, both included.
  std::int64_t between(std::int64_t least, std::int64_t most) {
    return least + static_cast<std::int64_t>(below(static_cast<std::uint64_t>(most - least + 1)));
  }
  microseconds between(microseconds least, microseconds most) {
    return microseconds{between(least.count(), most.count())};
  }
  // Mostly short, seldom long: races live among the short ones.
  microseconds pause(microseconds most) {
    return between(microseconds{1}, most / (std::int64_t{1} << (2 * below(4))));
  }
  bool one_in(std::uint64_t many) { return below(many) == 0; }
  bool percent(std::uint64_t likely) { return below(100) < likely; }
  template <class List>
  const auto& pick(const List& list) {
    return list[below(list.size())];
  }

 private:
  std::uint64_t state_;
};

}  // namespace simulation
