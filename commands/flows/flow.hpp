// Flows: process managers. What follows from a fact when the outside world or time is involved;
// what can be decided at once is a transaction instead (commands/engine/step.hpp).
//
// A flow is a fold of the log. A context declares, in its namespace, a state (a table of its schema
// marked `flow`) and for each fact that the flow hears
//   flows::Steps react(State&, const Fact&, const flows::Heard&);
// and for each of its commands that may be refused with a meaning
//   flows::Steps react(State&, const flows::Refused<Command>&, const flows::Heard&);
// Both are pure: they call no clock and nothing outside.
//
// Every command of a flow ends in exactly one commit: its facts, or its refusal ("nothing to do"
// among them). A refusal that has no react() makes the instance stuck as "<step>_refused".
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <type_traits>
#include <unordered_map>
#include <vector>

#include "commands/flows/steps.hpp"
#include "domain/kernel/position.hpp"

namespace flows {

// Which fact, or which refusal, is being heard.
struct Heard {
  std::string_view stream;    // "ordering/Order/o-1"
  std::string_view id;        // "o-1"
  std::uint64_t version = 0;  // of the aggregate; 0 for a refusal
  kernel::CommitNumber position = 0;
  Time at;  // when it was committed
};

// A command that was refused, "inventory/reservation_expired".
template <class Command>
struct Refused {
  std::string_view step;
  std::string_view code;
};

// Calls react() on a state in bytes; returns what is to be done.
using React = std::function<Steps(std::string& state, std::string_view data, const Heard& heard)>;
// Names the instance that a fact is for.
using Key = std::function<std::string(std::string_view data, const Heard& heard)>;
using ReactToRefusal = std::function<Steps(
    std::string& state, std::string_view step, std::string_view code, const Heard& heard)>;

struct Hears {
  bool begins = false;
  Key key;  // empty: the aggregate's id where it begins one, otherwise whoever follows the
            // aggregate
  React react;
};

struct FlowType {
  std::string name;
  std::string state;                                         // the schema's table
  std::unordered_map<std::string, Hears> facts;              // by the fact's name
  std::unordered_map<std::string, ReactToRefusal> refusals;  // by the command's name
};

template <class State, class Fact>
concept Reacts = requires(State& state, const Fact& fact, const Heard& heard) {
  { react(state, fact, heard) } -> std::same_as<Steps>;
};

template <class State>
class Builder {
 public:
  explicit Builder(std::string name) {
    flow_.name = std::move(name);
    flow_.state = State::type_name;
  }

  // Facts that begin an instance of the aggregate's id.
  template <class... Facts>
  Builder& begins() {
    (hear<Facts>(true, {}), ...);
    return *this;
  }
  // Facts of the aggregates that an instance follows.
  template <class... Facts>
  Builder& hears() {
    (hear<Facts>(false, {}), ...);
    return *this;
  }
  // The same, where the fact itself names the instance.
  template <class Fact>
  Builder& begins(std::string (*key)(const Fact&, const Heard&)) {
    hear<Fact>(true, typed(key));
    return *this;
  }
  template <class Fact>
  Builder& hears(std::string (*key)(const Fact&, const Heard&)) {
    hear<Fact>(false, typed(key));
    return *this;
  }
  template <class... Commands>
  Builder& refused() {
    (refuse<Commands>(), ...);
    return *this;
  }

  FlowType build() { return std::move(flow_); }

 private:
  template <class Fact>
  static Key typed(std::string (*key)(const Fact&, const Heard&)) {
    return [key](std::string_view data, const Heard& heard) {
      Fact fact;
      decode(data, fact);
      return key(fact, heard);
    };
  }

  template <class Use>
  static Steps change(std::string& bytes, Use&& use) {
    State state;
    if (!bytes.empty()) decode(bytes, state);
    auto steps = use(state);
    bytes = encode(state);
    return steps;
  }

  template <class Fact>
  void hear(bool begins, Key key) {
    static_assert(
        Reacts<State, Fact>, "no react(State&, const Fact&, const flows::Heard&) for this fact");
    flow_.facts.emplace(
        Fact::type_name,
        Hears{
            begins,
            std::move(key),
            [](std::string& bytes, std::string_view data, const Heard& heard) {
              Fact fact;
              decode(data, fact);
              return change(bytes, [&](State& state) { return react(state, fact, heard); });
            }});
  }

  template <class Command>
  void refuse() {
    static_assert(
        Reacts<State, Refused<Command>>,
        "no react(State&, const flows::Refused<Command>&, const flows::Heard&) for this command");
    flow_.refusals.emplace(
        Command::type_name,
        [](std::string& bytes, std::string_view step, std::string_view code, const Heard& heard) {
          return change(bytes, [&](State& state) {
            return react(state, Refused<Command>{step, code}, heard);
          });
        });
  }

  FlowType flow_;
};

// Every flow of every context.
const std::vector<FlowType>& all();

}  // namespace flows
