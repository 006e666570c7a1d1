#include "commands/effects/effects.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "commands/engine/streams.hpp"
#include "commands/flows/delivery.hpp"

#define CONTEXT(name)                                                             \
  namespace name {                                                                \
  void effects(::effects::Registry& registry, const ::effects::Outside& outside); \
  }
#include "contexts.def"
#undef CONTEXT

namespace effects {
namespace {

using Families = EffectsFamilies;
using std::chrono::hours;
using std::chrono::microseconds;
using std::chrono::minutes;
using std::chrono::seconds;

// How long after a try without an outcome the next one is made.
constexpr std::array<microseconds, 10> pauses{
    seconds{1},
    seconds{2},
    seconds{5},
    seconds{15},
    seconds{30},
    minutes{1},
    minutes{5},
    minutes{15},
    hours{1},
    hours{6}};

std::string report_key(const std::string& effect) { return effect + "/result"; }
std::string doubt_key(const std::string& effect) { return effect + "/unknown"; }

engine::Command command_of(
    const construct::EffectEntry& entry, engine::Step command, std::string key) {
  return flows::to_command(
      {.command = std::move(command),
       .sender = sender,
       .key = std::move(key),
       .due = {},
       .correlation = entry.correlation,
       .causation = entry.causation,
       .actor = "effect:" + entry.id});
}

}  // namespace

Registry all(const Outside& outside) {
  Registry made;
#define CONTEXT(name) name::effects(made, outside);
#include "contexts.def"
#undef CONTEXT
  return made;
}

void EffectsFold::apply(const fold::CommitView& commit, fold::Batch&) {
  if (commit.client == sender) {
    const std::string id{commit.command_id};
    if (const auto effect = written_.get(Families::reports, id)) {
      written_.put(Families::reports, id, std::nullopt);
      written_.put(Families::outbox, *effect, std::nullopt);
      changed(*effect, std::nullopt);
    }
  }
  for (const auto& fact : commit.facts) {
    if (!registry_.of(fact.type)) continue;
    construct::EffectEntry entry;
    entry.id = fmt::format("{}/{}", fact.aggregate, fact.version);
    entry.aggregate_id = fold::id_of(fact.aggregate);
    entry.fact = fact.type;
    entry.data.data = fact.data;
    entry.asked_at = commit.at;
    entry.correlation = commit.correlation;
    entry.causation = fold::causation_by(commit.number);
    written_.put(
        Families::reports,
        std::string{engine::bytes_of(engine::command_id(sender, report_key(entry.id)))},
        entry.id);
    written_.put(Families::outbox, entry.id, encode(entry));
    changed(entry.id, flows::Errand{std::nullopt, commit.at});
  }
}

flows::Errand EffectsFold::errand_of(std::string_view bytes) const {
  construct::EffectEntry entry;
  decode(bytes, entry);
  return {std::nullopt, entry.asked_at, entry.held};
}

std::string EffectsFold::with_held(std::string_view bytes, bool held) const {
  construct::EffectEntry entry;
  decode(bytes, entry);
  entry.held = held;
  return encode(entry);
}

flows::Errands::Try performing(
    const Registry& registry, engine::Port& engine, std::function<void(const std::string&)> alarm) {
  return
      [&registry, &engine, alarm = std::move(alarm)](
          const std::string&, const std::string& bytes, unsigned tries, flows::Errands::Done done) {
        auto entry = std::make_shared<construct::EffectEntry>();
        decode(bytes, *entry);
        const auto* perform = registry.of(entry->fact);
        (*perform)(
            *entry, tries, [&engine, alarm, entry, tries, done = std::move(done)](Outcome outcome) {
              const bool over = std::holds_alternative<Report>(outcome);
              const auto pause = pauses[std::min<std::size_t>(tries, pauses.size() - 1)];
              auto* doubt = std::get_if<Unknown>(&outcome);
              if (doubt && !doubt->command) return done(pause);
              auto command =
                  over ? command_of(
                             *entry,
                             std::get<Report>(std::move(outcome)).command,
                             report_key(entry->id))
                       : command_of(*entry, std::move(*doubt->command), doubt_key(entry->id));
              engine.submit(
                  std::move(command),
                  [alarm, entry, tries, over, pause, done](const engine::Answer& answer) {
                    if (const auto why = flows::hopeless(answer); !why.empty() && over)
                      alarm(fmt::format(
                          "the outcome of {} cannot be recorded: {}; see docs/OPERATIONS.md",
                          entry->id,
                          why));
                    const auto again = flows::again_after(answer, tries);
                    done(over ? again : std::min(again, pause));
                  });
            });
      };
}

}  // namespace effects
