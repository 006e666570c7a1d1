#include "domain/kernel/split.hpp"

#include <algorithm>
#include <cassert>
#include <numeric>

namespace kernel {

std::vector<std::int64_t> split(std::int64_t amount, const std::vector<std::int64_t>& weights) {
  using Wide = __int128;
  const Wide whole = std::accumulate(weights.begin(), weights.end(), std::int64_t{0});
  assert(amount >= 0 && whole > 0);
  std::vector<std::int64_t> parts;
  std::vector<Wide> remainders;
  auto left = amount;
  for (const auto weight : weights) {
    const auto product = Wide{amount} * weight;
    parts.push_back(static_cast<std::int64_t>(product / whole));
    remainders.push_back(product % whole);
    left -= parts.back();
  }
  std::vector<std::size_t> order(weights.size());
  std::iota(order.begin(), order.end(), 0);
  std::ranges::stable_sort(
      order, [&](auto one, auto other) { return remainders[one] > remainders[other]; });
  for (std::size_t i = 0; left > 0; ++i, --left) ++parts[order[i]];
  return parts;
}

}  // namespace kernel
