// Latencies, counted by size.
#include "bench/load/histogram.hpp"

#include <doctest/doctest.h>

#include <chrono>

using namespace std::chrono_literals;
using load::Histogram;

TEST_SUITE("bench: histogram") {
  TEST_CASE("of nothing there is no quantile") {
    CHECK(Histogram{}.quantile(0.99) == 0ns);
    CHECK(Histogram{}.highest() == 0ns);
  }

  TEST_CASE("a quantile is what that share took at most, to within one percent") {
    Histogram histogram;
    for (int i = 1; i <= 10'000; ++i) histogram.record(i * 1us);
    for (const double share : {0.01, 0.5, 0.9, 0.99, 0.999}) {
      const auto exact = share * 10'000'000;
      const auto found = static_cast<double>(histogram.quantile(share).count());
      INFO(share);
      CHECK(found >= exact);
      CHECK(found <= exact * 1.01);
    }
    CHECK(histogram.quantile(1) == 10ms);
    CHECK(histogram.highest() == 10ms);
  }

  TEST_CASE("sizes of every magnitude keep their precision") {
    for (auto size = 1ns; size < 1h; size = size * 3 + 1ns) {
      Histogram histogram;
      histogram.record(size);
      histogram.record(2h);  // so that the highest does not say it
      const auto found = histogram.quantile(0.5);
      INFO(size.count());
      CHECK(found >= size);
      CHECK(found.count() <= static_cast<double>(size.count()) * 1.01);
    }
  }

  TEST_CASE("one that is merged counts as if it had been recorded here") {
    Histogram one, other;
    one.record(1ms);
    other.record(5ms);
    other.record(6ms);
    one.merge(other);
    CHECK(one.count() == 3);
    CHECK(one.quantile(0.3) < 2ms);
    CHECK(one.quantile(1) == 6ms);
  }
}
