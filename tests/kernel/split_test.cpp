#include "domain/kernel/split.hpp"

#include <doctest/doctest.h>

#include <limits>
#include <numeric>
#include <random>

using kernel::split;
using Parts = std::vector<std::int64_t>;

TEST_SUITE("kernel: split") {
  TEST_CASE("what rounding leaves goes to those it took most from, the earlier of equals") {
    CHECK(split(100, {1, 1, 1}) == Parts{34, 33, 33});
    CHECK(split(101, {1, 1, 1}) == Parts{34, 34, 33});
    CHECK(split(10, {1, 2, 4}) == Parts{1, 3, 6});  // 1.43, 2.86, 5.71
    CHECK(split(10'001, {3333, 3333, 3334}) == Parts{3333, 3333, 3335});
    CHECK(split(1, {0, 5, 5}) == Parts{0, 1, 0});
    CHECK(split(0, {1, 2}) == Parts{0, 0});
    CHECK(split(7, {1}) == Parts{7});
  }
  TEST_CASE("the largest amounts and weights are split exactly") {
    constexpr auto largest = std::numeric_limits<std::int64_t>::max();
    constexpr std::int64_t half = 500'000'000'000'000'000;
    CHECK(split(largest, {half, half}) == Parts{largest / 2 + 1, largest / 2});
  }
  TEST_CASE("parts sum to the whole, and none is a unit or more from its share") {
    const auto chosen = std::random_device{}();
    for (unsigned seed = 0; seed < 500; ++seed) {
      const auto used = seed == 0 ? static_cast<unsigned>(chosen) : seed;
      INFO("seed ", used);
      std::mt19937_64 random{used};
      const auto pick = [&](std::int64_t most) {
        return std::uniform_int_distribution<std::int64_t>{0, most}(random);
      };
      std::vector<std::int64_t> weights(1 + static_cast<std::size_t>(pick(6)));
      for (auto& weight : weights) weight = pick(10'000);
      weights.front() += 1;
      const auto whole = std::accumulate(weights.begin(), weights.end(), std::int64_t{0});
      const auto amount = pick(seed % 2 ? 100 : 1'000'000'000'000);
      const auto parts = split(amount, weights);
      CHECK(std::accumulate(parts.begin(), parts.end(), std::int64_t{0}) == amount);
      for (std::size_t i = 0; i < parts.size(); ++i) {
        const auto off = __int128{parts[i]} * whole - __int128{amount} * weights[i];
        CHECK((off < whole && -off < whole));
      }
    }
  }
}
