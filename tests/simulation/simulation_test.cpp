// CONSTRUCT_SEED=n replays one world and prints what happens in it; CONSTRUCT_SEEDS=n runs that
// many.
#include <doctest/doctest.h>
#include <fmt/format.h>

#include <chrono>

#include "tests/simulation/world.hpp"
#include "tests/support/seed.hpp"

namespace {

void run(std::uint64_t seed, std::map<std::string, int>& happened) {
  const auto report = simulation::simulate(seed);
  for (const auto& fault : report.faults) FAIL_CHECK("CONSTRUCT_SEED=" << seed << ": " << fault);
  for (const auto& [what, count] : report.happened) happened[what] += count;
}

}  // namespace

TEST_SUITE("engine: simulation") {
  TEST_CASE("every promise is kept, whatever happens") {
    if (const auto seed = support::number_from("CONSTRUCT_SEED")) {
      const auto report =
          simulation::simulate(*seed, [](const auto& line) { fmt::print("{}\n", line); });
      for (const auto& fault : report.faults) FAIL_CHECK(fault);
      return;
    }
    std::map<std::string, int> happened;
    const auto seeds = support::number_from("CONSTRUCT_SEEDS").value_or(300);
    for (std::uint64_t seed = 1; seed <= seeds; ++seed) run(seed, happened);
    const auto other =
        static_cast<std::uint64_t>(std::chrono::system_clock::now().time_since_epoch().count());
    MESSAGE("one more world: CONSTRUCT_SEED=" << other);
    run(other, happened);
    for (const auto& [what, count] : happened) MESSAGE(what << ": " << count);
  }
}
