// Aggregates as the engine handles them: any state behind one interface.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "commands/engine/step.hpp"
#include "domain/kernel/decider.hpp"

namespace engine {

using schemas::Time;

// A fact that was decided, on its way into a commit.
struct Decided {
  std::string_view type;  // the name of its table
  std::string data;       // its FlatBuffer
};

struct Refusal {
  std::string code;
  std::vector<std::pair<std::string, std::int64_t>> details;
};

using Verdict = std::variant<std::vector<Decided>, Refusal>;

// One aggregate's folded state. One thread.
class Aggregate {
 public:
  virtual ~Aggregate() = default;
  // Throws schemas::Corrupt when the bytes are not the fact, std::invalid_argument when the
  // aggregate has no such fact.
  virtual void evolve(std::string_view fact, std::string_view data, Time at) = 0;
  virtual Verdict decide(
      std::string_view command, std::string_view body, std::uint64_t version, Time now) const = 0;
  // The commands that this one takes along, seen from the state before its own facts.
  virtual std::vector<Step> together(std::string_view command, std::string_view body) const = 0;
  virtual std::unique_ptr<Aggregate> copy() const = 0;
  // Bytes that restore() understands; absent where the context keeps no snapshots.
  virtual std::optional<std::string> save() const = 0;
  virtual void restore(std::string_view bytes) = 0;
};

// Makes an aggregate in its initial state.
using Factory = std::unique_ptr<Aggregate> (*)();

}  // namespace engine
