// A replay of the whole log into memory: every aggregate's state is folded from its facts, against
// raw consumption and decoding of the same blocks.

#include <fmt/format.h>

#include <unordered_map>

#include "bench/rows/beside.hpp"
#include "bench/rows/row.hpp"
#include "commands/engine/registry.hpp"
#include "domain/fold/fold.hpp"
#include "gateways/nats/stream.hpp"

namespace rows {
namespace {

using Clock = std::chrono::steady_clock;
using Seconds = std::chrono::duration<double>;

constexpr std::chrono::seconds filling{8};
constexpr std::chrono::seconds patience{10};

// The states of all aggregates.
class States final : public fold::Fold {
 public:
  void apply(const fold::Commit& commit, fold::Batch&) override {
    for (const auto& fact : commit.content.facts) {
      auto& state = states_[fact.aggregate];
      if (!state) {
        const auto* type = engine::registry().of_stream(fact.aggregate);
        if (!type) continue;  // of the log itself
        state = type->make();
      }
      state->evolve(fact.type, fact.data.data, commit.content.at);
      ++facts_;
    }
  }
  std::uint64_t facts() const { return facts_; }

 private:
  std::unordered_map<std::string, std::unique_ptr<engine::Aggregate>> states_;
  std::uint64_t facts_ = 0;
};

struct Replayed {
  std::uint64_t facts = 0;
  Seconds took{0};
};

Replayed replay(nats::Stream& stream, std::uint64_t messages) {
  const auto begin = Clock::now();
  fold::NoStore nothing;
  States states;
  fold::Runner runner{nothing, states, [](const auto&, const auto&) {}};
  fold::read_through(stream, messages, patience, [&](const auto& read) { runner.apply(read); });
  return {states.facts(), Clock::now() - begin};
}

}  // namespace

std::vector<Result> replay(const Say& say) {
  e2e::Deployment ours;
  ours.start();
  say("filling the log");
  fill(ours, filling);
  auto by = operator_of(ours);
  nats::Stream stream{by.connection(), [&](const std::string& text) { say(text); }};
  const auto messages = log_state(ours).blocks;
  Replayed us;
  Seconds that{0};
  say("replaying it, and consuming and decoding it, in turn");
  in_turn(
      [&] {
        const auto once = replay(stream, messages);
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
      {.name = "replay",
       .what = "in-memory replay, facts",
       .against = "raw consumption and decoding",
       .ours = rate(us.took),
       .ceiling = rate(that),
       .goals = {report::ratio_at_least(0.6), report::ours_at_least(1'000'000)},
       .note = fmt::format("{} facts in {} blocks", us.facts / turns, messages)}};
}

}  // namespace rows
