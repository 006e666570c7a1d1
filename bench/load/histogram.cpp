#include "bench/load/histogram.hpp"

#include <algorithm>
#include <bit>
#include <cmath>

namespace load {
namespace {

// Each power of two is divided into as many equal steps, so that no step is wider than 1/128 of
// what falls into it; below the first, a step is a nanosecond.
constexpr int step_bits = 7;
constexpr std::uint64_t steps = 1u << step_bits;
constexpr std::uint64_t longest = 3'600'000'000'000;

std::size_t step_of(std::uint64_t size) {
  if (size < steps) return size;
  const auto shift = static_cast<std::uint64_t>(std::bit_width(size)) - step_bits - 1;
  return (shift + 1) * steps + (size >> shift) - steps;
}

// The largest size that falls into the step.
std::uint64_t top_of(std::size_t step) {
  if (step < steps) return step;
  const auto shift = step / steps - 1;
  return ((step % steps + steps + 1) << shift) - 1;
}

}  // namespace

Histogram::Histogram() : counts_(step_of(longest) + 1) {}

void Histogram::record(Nanoseconds took) {
  const auto size = std::clamp<std::int64_t>(took.count(), 0, longest);
  ++counts_[step_of(static_cast<std::uint64_t>(size))];
  ++count_;
  highest_ = std::max(highest_, took);
}

void Histogram::merge(const Histogram& other) {
  for (std::size_t i = 0; i < counts_.size(); ++i) counts_[i] += other.counts_[i];
  count_ += other.count_;
  highest_ = std::max(highest_, other.highest_);
}

Nanoseconds Histogram::quantile(double share) const {
  if (count_ == 0) return Nanoseconds{0};
  const auto wanted = std::max<std::uint64_t>(
      1, static_cast<std::uint64_t>(std::ceil(share * static_cast<double>(count_))));
  std::uint64_t seen = 0;
  for (std::size_t step = 0; step < counts_.size(); ++step) {
    seen += counts_[step];
    if (seen >= wanted)
      return std::min(Nanoseconds{static_cast<std::int64_t>(top_of(step))}, highest_);
  }
  return highest_;
}

}  // namespace load
