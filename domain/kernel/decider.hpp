// What an aggregate is to the runtime: a state, evolve for each fact and decide for each command.
//
// Both are overload sets in the context's namespace, found by argument-dependent lookup:
//   void evolve(State&, const Fact&)                 or  …, Time at   (when the fact was committed)
//   Decision decide(const State&, const Command&)    or  …, Time now  (when it is being decided)
// evolve never refuses: history is true. decide never changes anything. Neither calls a clock or
// anything outside. A command whose address field `identifies` an aggregate is refused with
// not_found before decide is asked when the aggregate does not exist; only one whose address field
// `names` it can begin it.
#pragma once

#include <concepts>
#include <cstdint>
#include <type_traits>
#include <variant>

#include "domain/kernel/decision.hpp"
#include "schemas/types.hpp"

namespace kernel {

using schemas::Id;
using schemas::Time;

template <class State, class Fact>
concept EvolvesTimed =
    requires(State& state, const Fact& fact, Time at) { evolve(state, fact, at); };
template <class State, class Fact>
concept Evolves =
    EvolvesTimed<State, Fact> || requires(State& state, const Fact& fact) { evolve(state, fact); };

template <class State, class Command>
concept DecidesTimed =
    requires(const State& state, const Command& command, Time now) { decide(state, command, now); };
template <class State, class Command>
concept Decides = DecidesTimed<State, Command> ||
                  requires(const State& state, const Command& command) { decide(state, command); };

// An aggregate: what its schema says, and its state. `Schema` is generated
// (`inventory::StockItemSchema`).
template <class SchemaType, class StateType>
struct Decider {
  using Schema = SchemaType;
  using State = StateType;
  using Fact = typename Schema::Fact;
  using Command = typename Schema::Command;
  using Rejection = typename Schema::Rejection;
  using Decision = kernel::Decision<Fact, Rejection>;

  // Hard errors, one per alternative, so that the compiler names the fact or command that was
  // forgotten.
  template <class One>
  static void evolve_one(State& state, const One& fact, Time at) {
    static_assert(Evolves<State, One>, "no evolve(State&, const Fact&) for this fact");
    if constexpr (EvolvesTimed<State, One>)
      evolve(state, fact, at);
    else
      evolve(state, fact);
  }
  template <class One>
  static Decision decide_one(
      const State& state, std::uint64_t version, const One& command, Time now) {
    static_assert(Decides<State, One>, "no decide(const State&, const Command&) for this command");
    if constexpr (!One::coins_aggregate)
      if (version == 0) return Rejection::not_found;
    if constexpr (DecidesTimed<State, One>)
      return decide(state, command, now);
    else
      return decide(state, command);
  }

  static void evolve_any(State& state, const Fact& fact, Time at) {
    std::visit([&](const auto& one) { evolve_one(state, one, at); }, fact);
  }
  static Decision decide_any(
      const State& state, std::uint64_t version, const Command& command, Time now) {
    return std::visit(
        [&](const auto& one) { return decide_one(state, version, one, now); }, command);
  }
};

}  // namespace kernel
