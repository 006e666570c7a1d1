// The platform in memory: commands with all that they take along, flows that hear what is recorded,
// their timers, and effects performed on what a test gives for the outside world. What happens next
// is the test's choice, one errand at a time.
#pragma once

#include "commands/effects/effects.hpp"
#include "commands/engine/streams.hpp"
#include "commands/flows/fold.hpp"
#include "tests/dsl/together.hpp"
#include "tests/simulation/memory_store.hpp"
#include "tests/support/stored.hpp"

namespace dsl {

class Platform : public Together {
 public:
  explicit Platform(effects::Registry performers) : performers_{std::move(performers)} {}

  // A person's command: a refusal leaves no trace in the log.
  template <class Command>
  Names post(const Command& command) {
    return record(engine::step(command), "person", "", Refusals::answered);
  }

  // The ids of what flows want sent now and of the effects that have no outcome.
  std::vector<std::string> errands() const {
    std::vector<std::string> ids;
    flow_store_.scan(flows_.outbox(), "", "", [&](auto id, auto bytes) {
      const auto due = flows_.errand_of(bytes).due;
      if (!due || *due <= now) ids.emplace_back(id);
      return true;
    });
    effect_store_.scan(effects_.outbox(), "", "", [&](auto id, auto) {
      ids.emplace_back(id);
      return true;
    });
    return ids;
  }

  // When the next timer fires.
  std::optional<Time> next_timer() const {
    std::optional<Time> next;
    flow_store_.scan(flows_.outbox(), "", "", [&](auto, auto bytes) {
      const auto due = flows_.errand_of(bytes).due;
      if (due && *due > now && (!next || *due < *next)) next = due;
      return true;
    });
    return next;
  }

  void run_errand(const std::string& id) {
    if (const auto step = flow_store_.get(flows_.outbox(), id)) return send(*step);
    if (const auto effect = effect_store_.get(effects_.outbox(), id)) perform(id, *effect);
  }

  // Whatever is due is done until nothing is left, but no effect is tried more often than this.
  void settle(int tries = 4) {
    std::map<std::string, int> done;
    for (bool again = true; again;) {
      again = false;
      for (const auto& id : errands()) {
        if (++done[id] > tries) continue;
        run_errand(id);
        again = true;
      }
    }
  }
  void advance(std::chrono::microseconds time) {
    now += time;
    settle();
  }

  template <class State>
  State state_of(std::string_view flow, std::string_view id) const {
    State state;
    decode(instance(flow, id).state.data, state);
    return state;
  }
  bool ended(std::string_view flow, std::string_view id) const { return instance(flow, id).ended; }
  // Why it needs help; empty when it does not.
  std::string stuck(std::string_view flow, std::string_view id) const {
    return instance(flow, id).stuck.value_or("");
  }
  const Names& log() const { return log_; }  // the names of all facts so far
  // All facts of a type so far.
  template <class Fact>
  std::vector<Fact> told() const {
    std::vector<Fact> told;
    for (const auto& [at, fact] : history_)
      if (fact.type == Fact::type_name) decode(fact.data.data, told.emplace_back());
    return told;
  }
  // What the facts of an aggregate come to.
  template <class Decider>
  typename Decider::State folded(std::string_view id) const {
    using Schema = typename Decider::Schema;
    const auto stream = std::string{Schema::context}.append("/").append(Schema::name).append("/");
    typename Decider::State state{};
    for (const auto& [at, fact] : history_) {
      if (fact.aggregate != stream + std::string{id}) continue;
      const auto evolve = [&]<class One>(One one) {
        decode(fact.data.data, one);
        Decider::evolve_one(state, one, at);
        return true;
      };
      [&]<class... One>(std::type_identity<std::variant<One...>>) {
        return ((One::type_name == fact.type && evolve(One{})) || ...);
      }(std::type_identity<typename Decider::Fact>{});
    }
    return state;
  }

 private:
  enum class Refusals : std::uint8_t { answered, recorded };

  construct::FlowInstance instance(std::string_view flow, std::string_view id) const {
    const auto bytes = flow_store_.get(
        flows::FlowsFamilies::instances, std::string{flow}.append(1, '\0').append(id));
    REQUIRE_MESSAGE(bytes, "there is no ", flow, " ", id);
    construct::FlowInstance found;
    decode(*bytes, found);
    return found;
  }

  Names record(
      const engine::Step& step,
      std::string_view client,
      const std::string& key,
      Refusals refusals) {
    now += std::chrono::microseconds{1};
    auto names = run(step);
    const bool refused = facts().empty() && !names.empty();
    if (facts().empty() && refusals == Refusals::answered) return names;
    construct::Commit commit;
    commit.client = client;
    const auto id = engine::command_id(client, key);
    commit.command_id.data.assign(id.begin(), id.end());
    commit.at = now;
    commit.facts = facts();
    if (facts().empty()) commit.rejection = refused ? names.front() : engine::nothing_to_do;
    for (const auto& fact : commit.facts) history_.emplace_back(now, fact);
    log_.insert(log_.end(), commit.facts.empty() ? names.end() : names.begin(), names.end());
    fold(flow_store_, flows_, commit);
    fold(effect_store_, effects_, commit);
    ++number_;
    return names;
  }

  void fold(simulation::MemoryStore& store, fold::Fold& fold, const construct::Commit& commit) {
    fold::Batch batch;
    fold.apply(support::Stored{number_, commit}.view(), batch);
    fold.flush(batch);
    store.write(batch);
  }

  void send(const std::string& bytes) {
    construct::FlowStep step;
    decode(bytes, step);
    const auto& table = *schemas::platform().table(step.command);
    record(
        {table.name, engine::address_in(table, step.body.data), step.body.data},
        flows::sender,
        step.key,
        Refusals::recorded);
  }

  void perform(const std::string& id, const std::string& bytes) {
    construct::EffectEntry entry;
    decode(bytes, entry);
    const auto keep = [&](const engine::Step& step, std::string_view suffix) {
      record(step, effects::sender, id + std::string{suffix}, Refusals::recorded);
    };
    (*performers_.of(entry.fact))(entry, tries_[id]++, [&](effects::Outcome outcome) {
      if (const auto* report = std::get_if<effects::Report>(&outcome))
        return keep(report->command, "/result");
      const auto& doubt = std::get<effects::Unknown>(outcome).command;
      if (doubt && doubted_.insert(id).second) keep(*doubt, "/unknown");
    });
  }

  effects::Registry performers_;
  simulation::MemoryStore flow_store_, effect_store_;
  flows::FlowsFold flows_{flow_store_, flows::all()};
  effects::EffectsFold effects_{effect_store_, performers_};
  kernel::CommitNumber number_ = 1;
  std::map<std::string, unsigned> tries_;  // of effects
  std::set<std::string> doubted_;
  Names log_;
  std::vector<std::pair<Time, construct::Fact>> history_;
};

}  // namespace dsl
