// When requests are due.
#include "bench/load/pace.hpp"

#include <doctest/doctest.h>

using namespace std::chrono_literals;
using load::Pace;

namespace {

const load::Clock::time_point begin{1h};

}  // namespace

TEST_SUITE("bench: pace") {
  TEST_CASE("in a closed loop something is due whenever somebody is free, until the end") {
    Pace pace{std::nullopt, begin, begin + 1s};
    CHECK(pace.take(begin + 1ms) == begin + 1ms);
    CHECK(pace.take(begin + 1ms) == begin + 1ms);
    CHECK(!pace.over(begin + 999ms));
    CHECK(pace.over(begin + 1s));
    CHECK(!pace.take(begin + 1s));
  }

  TEST_CASE("in an open loop requests are due at the rate") {
    Pace pace{100, begin, begin + 1s};
    CHECK(pace.take(begin) == begin);
    CHECK(!pace.take(begin + 9ms));
    CHECK(pace.next(begin + 9ms) == begin + 10ms);
    CHECK(pace.take(begin + 10ms) == begin + 10ms);
  }

  TEST_CASE("what could not be sent while the server paused is measured from when it was due") {
    Pace pace{100, begin, begin + 1s};
    for (int i = 0; i < 30; ++i) CHECK(pace.take(begin + 295ms) == begin + i * 10ms);
    CHECK(!pace.take(begin + 295ms));
  }

  TEST_CASE("all that was due is sent, even after the end, and then it is over") {
    Pace pace{100, begin, begin + 50ms};
    for (int i = 0; i < 5; ++i) {
      CHECK(!pace.over(begin + 1s));
      CHECK(pace.take(begin + 1s));
    }
    CHECK(pace.over(begin + 1s));
    CHECK(!pace.take(begin + 1s));
  }
}
