// A replay of the whole log into memory: every aggregate's state is folded from its facts, against
// raw consumption and decoding of the same blocks.

#include "bench/rows/replay.hpp"

#include <fmt/format.h>

#include "bench/rows/beside.hpp"
#include "gateways/nats/stream.hpp"
#include "replay/history.hpp"
#include "replay/states.hpp"

namespace rows {
namespace {

using Clock = std::chrono::steady_clock;
using Seconds = std::chrono::duration<double>;

constexpr std::chrono::seconds filling{8};

struct Replayed {
  std::uint64_t facts = 0;
  Seconds took{0};
};

// As `construct replay state` does it, of every aggregate.
Replayed replay_all(nats::Stream& stream) {
  const auto begin = Clock::now();
  ::replay::Aggregates aggregates;
  ::replay::History{stream, {}}.read({}, [&](const auto& commit, const auto& life) {
    aggregates.add(commit, life);
    return true;
  });
  return {aggregates.facts(), Clock::now() - begin};
}

}  // namespace

Result replay_of(const e2e::Deployment& ours, const Say& say) {
  auto by = operator_of(ours);
  nats::Stream stream{by.connection(), [&](const std::string& text) { say(text); }};
  const auto messages = log_state(ours).blocks;
  Replayed us;
  Seconds that{0};
  say("replaying the log, and consuming and decoding it, in turn");
  in_turn(
      [&] {
        const auto once = replay_all(stream);
        us.facts += once.facts;
        us.took += once.took;
      },
      [&] {
        const auto said = run_ceiling(
            "consume", {by.connection().address().url, std::to_string(messages), "decoded"});
        that += Seconds{said.at("seconds").get<double>()};
      });
  const auto rate = [&](Seconds time) { return static_cast<double>(us.facts) / time.count(); };
  return {
      .name = "replay",
      .what = "in-memory replay, each fact a new aggregate",
      .against = "raw consumption and decoding",
      .ours = rate(us.took),
      .ceiling = rate(that),
      .note = fmt::format("{} facts in {} blocks", us.facts / turns, messages)};
}

std::vector<Result> replay(const Say& say) {
  e2e::Deployment ours;
  ours.start();
  say("filling the log");
  fill(ours, filling);
  return {replay_of(ours, say)};
}

}  // namespace rows
