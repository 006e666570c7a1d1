// How long things took: counts by size, every size to within 1%, from a nanosecond to an hour.
//
// Concurrency: one thread.
#pragma once

#include <chrono>
#include <cstdint>
#include <vector>

namespace load {

using Nanoseconds = std::chrono::nanoseconds;

class Histogram {
 public:
  Histogram();

  void record(Nanoseconds took);
  void merge(const Histogram& other);

  std::uint64_t count() const { return count_; }
  // What this share of all took at most: quantile(0.99) is the p99. Zero when there are none.
  Nanoseconds quantile(double share) const;
  Nanoseconds highest() const { return highest_; }

 private:
  std::vector<std::uint64_t> counts_;
  std::uint64_t count_ = 0;
  Nanoseconds highest_{0};
};

}  // namespace load
