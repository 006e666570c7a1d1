// The one implementation of engine::Aggregate, made from a context's evolve, decide, together and
// snapshots. Included by each context's registration only.
#pragma once

#include <stdexcept>

#include "commands/engine/aggregate.hpp"
#include "domain/kernel/named.hpp"
#include "schemas/model.hpp"

namespace engine {

template <class State, class Command>
concept TakesAlong = requires(const State& state, const Command& command) {
  { together(state, command) } -> std::same_as<std::vector<Step>>;
};
template <class State, class Command>
std::vector<Step> steps_of(const State& state, const Command& command) {
  if constexpr (TakesAlong<State, Command>)
    return together(state, command);
  else
    return {};
}
template <class State>
concept Snapshots = requires(const State& state) { to_snapshot(state); };

template <class Decider>
class AggregateOf final : public Aggregate {
 public:
  using State = typename Decider::State;
  using Schema = typename Decider::Schema;

  static std::unique_ptr<Aggregate> make() { return std::make_unique<AggregateOf>(); }

  void evolve(std::string_view fact, std::string_view data, Time at) override {
    with<typename Decider::Fact>(fact, [&]<class One>(One one) {
      decode(data, one);
      Decider::evolve_one(state_, one, at);
    });
  }

  Verdict decide(std::string_view command, std::string_view body, std::uint64_t version, Time now)
      const override {
    Verdict verdict;
    with<typename Decider::Command>(command, [&]<class One>(One one) {
      decode(body, one);
      verdict = to_verdict(Decider::decide_one(state_, version, one, now));
    });
    return verdict;
  }

  std::vector<Step> together(std::string_view command, std::string_view body) const override {
    std::vector<Step> steps;
    with<typename Decider::Command>(command, [&]<class One>(One one) {
      decode(body, one);
      steps = steps_of(state_, one);
    });
    return steps;
  }

  std::unique_ptr<Aggregate> copy() const override { return std::make_unique<AggregateOf>(*this); }

  std::optional<std::string> save() const override {
    if constexpr (Snapshots<State>)
      return encode(to_snapshot(state_));
    else
      return std::nullopt;
  }

  void restore(std::string_view bytes) override {
    if constexpr (Snapshots<State>) {
      decltype(to_snapshot(state_)) snapshot;
      decode(bytes, snapshot);
      state_ = from_snapshot(std::move(snapshot));
    }
  }

 private:
  template <class Variant, class Use>
  static void with(std::string_view name, Use&& use) {
    if (!kernel::with_named<Variant>(name, use))
      throw std::invalid_argument(std::string{Schema::name} + " has no " + std::string{name});
  }

  static Verdict to_verdict(const typename Decider::Decision& decision) {
    if (const auto* refused = decision.refused())
      return Refusal{
          schemas::rejection_code(Schema::context, name_of(refused->why)), refused->details};
    std::vector<Decided> facts;
    facts.reserve(decision.facts()->size());
    for (const auto& fact : *decision.facts())
      facts.push_back(std::visit(
          [](const auto& one) {
            return Decided{one.type_name, encode(one)};
          },
          fact));
    return facts;
  }

  State state_{};
};

}  // namespace engine
