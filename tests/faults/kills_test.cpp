// Whole deployments whose processes are killed, or sleep for a while, at random while customers go
// on, and somebody writes into the log what is no block of it. CONSTRUCT_KILLS=n says how often,
// CONSTRUCT_SEED=n in which order: `./dev faults` runs a long campaign.
#include <array>
#include <chrono>
#include <thread>

#include "tests/e2e/intruder.hpp"
#include "tests/faults/checker.hpp"
#include "tests/faults/marketplace.hpp"
#include "tests/support/seed.hpp"

namespace {

constexpr unsigned customers = 6;
constexpr std::uint64_t long_campaign = 50;  // kills
// Whoever folds, in one process or each by itself.
std::vector<const char*> victims(bool apart) {
  std::vector<const char*> all{
      "nats-server", "--instance 1", "--instance 2", "construct project", "construct simulator"};
  if (apart) all.insert(all.end(), {"construct flows", "construct effects", "construct audit"});
  return all;
}

// A message that is no block of the log, or was one long ago; false when the server is away.
bool stray(const std::filesystem::path& data, std::uint64_t number) {
  try {
    if (number % 2 == 0) return e2e::put_into_log(data, "no block at all"), true;
    nats::Connection connection{e2e::engine_address(data), "intruder"};
    nats::Stream log{connection, [](const std::string&) {}};
    constexpr int patience_ms = 1'000;
    const auto first = log.subscribe(1)->next(1, patience_ms);
    if (!first.empty()) e2e::put_into_log(data, first.front().data);
    return !first.empty();
  } catch (const std::runtime_error&) {
    return false;
  }
}

}  // namespace

TEST_SUITE("faults") {
  TEST_CASE("whoever is killed, and whenever: every promise is kept") {
    const auto seed = support::seed();
    const auto kills = support::number_from("CONSTRUCT_KILLS").value_or(12);
    std::mt19937_64 random{seed};
    const bool apart = random() % 2 == 0;
    const auto all = victims(apart);
    faults::Marketplace place{
        apart ? std::vector<std::string>{"--apart"} : std::vector<std::string>{}};
    auto& deployment = place.deployment;
    faults::Market market{deployment.ports(), customers, seed};
    const auto go_on = [&](std::size_t answers) {
      const auto until = market.answered() + answers;
      return support::eventually([&] { return market.answered() >= until; });
    };
    std::map<std::string, int> killed, held;
    int strays = 0;
    for (std::uint64_t i = 0; i < kills; ++i) {
      REQUIRE_MESSAGE(go_on(random() % 60), deployment.output());
      strays += random() % 4 == 0 && stray(deployment.data(), random()) ? 1 : 0;
      const auto* victim = all[random() % all.size()];
      if (random() % 4 != 0) {
        killed[victim] += deployment.kill_some(victim);
        continue;
      }
      // It wakes up in a world that has gone on without it, if it was long enough. In a long
      // campaign each is held once for longer than anybody's patience.
      const bool for_long = kills >= long_campaign && held[victim] == 0;
      held[victim] += deployment.signal_some(victim, SIGSTOP);
      std::this_thread::sleep_for(
          for_long ? std::chrono::milliseconds{30'000}
                   : std::chrono::milliseconds{random() % 4'000});
      deployment.signal_some(victim, SIGCONT);
    }
    REQUIRE_MESSAGE(go_on(100), deployment.output());
    const auto told = market.stop();
    place.check_views();
    const auto log = faults::read_log(deployment.data());
    for (const auto& wrong : faults::check(log, told)) FAIL_CHECK(wrong);
    place.check_fresh_folds();
    std::map<std::string, int> answers;
    for (const auto& one : told)
      ++answers
          [one.status == 422 ? one.answer["code"].get<std::string>() : std::to_string(one.status)];
    for (const auto& [victim, times] : killed) MESSAGE(victim, " killed: ", times);
    for (const auto& [victim, times] : held) MESSAGE(victim, " held: ", times);
    MESSAGE("strays: ", strays);
    for (const auto& [answer, times] : answers) MESSAGE(answer, ": ", times);
    std::map<std::string, int> facts;
    for (const auto& commit : log)
      for (const auto& fact : commit.facts) ++facts[fact.type];
    for (const std::string fact : {"OrderConfirmed", "SubscriptionActivated", "ContractSettled"})
      MESSAGE(fact, ": ", facts[fact]);
    MESSAGE("commits: ", log.size());
  }
}
