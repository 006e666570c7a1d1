// Effects: what the outside world is asked for, a payment say, and how its outcome gets into the
// log.
//
// A fact that asks for something (…Requested) is the effect itself. A context registers who
// performs it:
//   void effects(effects::Registry& registry, const effects::Outside& outside) {
//     registry.add<AuthorizationRequested>(
//         [gateway = outside.find<Gateway>()](const auto& effect, effects::Done done) { … });
//   }
// The performer is called until a report is in the log, by one process or by several. The effect's
// id is what the outside world knows it by, so that it happens once however often it is asked for.
// No answer in time means unknown, not failed: then, and whenever an earlier try may have been made
// (effect.tries > 0), what became of it is looked up by the id before it is asked for again.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <typeindex>
#include <unordered_map>
#include <utility>
#include <variant>

#include "commands/engine/step.hpp"
#include "commands/flows/errands.hpp"
#include "domain/fold/overlay.hpp"
#include "domain/kernel/by_text.hpp"
#include "schemas/construct.hpp"

namespace engine {
class Port;
}

namespace effects {

using schemas::Time;

template <class Fact>
struct Effect {
  std::string id;            // "payment/PaymentIntent/p-1/3": the aggregate, and the fact's version
  std::string aggregate_id;  // "p-1"
  Fact fact;
  Time asked_at;
  std::string correlation, causation;  // of the commit that asked for it; that commit
  unsigned tries = 0;                  // that were made before, or may have been
};

// The outcome, as the command that records it. It ends the effect.
struct Report {
  engine::Step command;
};
// Nobody knows yet. The command, if there is one, records the doubt, once; then it is tried again,
// ever more slowly, for as long as it takes.
struct Unknown {
  std::optional<engine::Step> command;
};
using Outcome = std::variant<Report, Unknown>;

template <class Command>
Outcome report(const Command& command) {
  return Report{engine::step(command)};
}
template <class Command>
Outcome unknown(const Command& command) {
  return Unknown{engine::step(command)};
}
inline Outcome unknown() { return Unknown{}; }

// To be called once, from any thread.
using Done = std::function<void(Outcome)>;

// The ports to the outside world that this process has, by their types.
class Outside {
 public:
  template <class Port>
  void add(Port& port) {
    ports_.emplace(typeid(Port), &port);
  }
  // Null when it is not configured.
  template <class Port>
  Port* find() const {
    const auto found = ports_.find(typeid(Port));
    return found == ports_.end() ? nullptr : static_cast<Port*>(found->second);
  }

 private:
  std::unordered_map<std::type_index, void*> ports_;
};

class Registry {
 public:
  // With the fact still in bytes.
  using Perform = std::function<void(const construct::EffectEntry&, unsigned tries, Done)>;

  template <class Fact, class Performer>
  void add(Performer perform) {
    performers_.emplace(
        Fact::type_name,
        [perform = std::move(perform)](
            const construct::EffectEntry& entry, unsigned tries, Done done) {
          Effect<Fact> effect{
              .id = entry.id,
              .aggregate_id = entry.aggregate_id,
              .asked_at = entry.asked_at,
              .correlation = entry.correlation,
              .causation = entry.causation,
              .tries = tries};
          decode(entry.data.data, effect.fact);
          perform(effect, std::move(done));
        });
  }
  const Perform* of(std::string_view fact) const {
    const auto found = performers_.find(fact);
    return found == performers_.end() ? nullptr : &found->second;
  }

 private:
  kernel::ByText<Perform> performers_;
};

// Every context's effects.
Registry all(const Outside& outside);

// As whom reports are sent.
inline constexpr std::string_view sender = "effects";

//   outbox   effect id                    -> construct::EffectEntry, until its report is in the log
//   reports  command id of the report     -> effect id
struct EffectsFamilies {
  static constexpr fold::Family outbox = 1, reports = 2;
  static constexpr std::array names{"outbox", "reports"};
};

// The effects that are asked for and not reported.
class EffectsFold final : public flows::ErrandFold {
 public:
  EffectsFold(const fold::Store& store, const Registry& registry)
      : registry_{registry}, written_{store, EffectsFamilies::names.size() + 1} {}

  void apply(const fold::CommitView& commit, fold::Batch& batch) override;
  void flush(fold::Batch& batch) override { written_.flush(batch); }

  fold::Family outbox() const override { return EffectsFamilies::outbox; }
  flows::Errand errand_of(std::string_view bytes) const override;
  std::string with_held(std::string_view bytes, bool held) const override;

 private:
  const Registry& registry_;
  fold::Overlay written_;
};

// Performs effects and reports to the engine.
flows::Errands::Try performing(
    const Registry& registry, engine::Port& engine, std::function<void(const std::string&)> alarm);

}  // namespace effects
