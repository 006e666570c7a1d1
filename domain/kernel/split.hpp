// Dividing an amount so that nothing is lost and nothing is made.
#pragma once

#include <cstdint>
#include <vector>

namespace kernel {

inline constexpr std::int64_t basis_points = 10'000;  // the whole, in hundredths of a percent

// The amount in parts as the weights have it, by largest remainder: each part is rounded down, and
// what is left goes, one minor unit each, to those that rounding took most from; of equals, to the
// earlier. The parts always sum to the amount. Neither the amount nor a weight is below 0; the
// weights sum to more than 0, and to 10^18 at most.
std::vector<std::int64_t> split(std::int64_t amount, const std::vector<std::int64_t>& weights);

}  // namespace kernel
