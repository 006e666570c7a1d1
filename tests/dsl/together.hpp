// Commands decided as the engine does, with all that they take along, on aggregates in memory:
//
//   Together shop;
//   CHECK(shop.run(PlaceOrder{…}) == Names{"OrderPlaced", "StockReserved", "OrderStatusChanged"});
#pragma once

#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "commands/engine/attempt.hpp"
#include "tests/dsl/scenario.hpp"

namespace dsl {

using Names = std::vector<std::string>;

class Together {
 public:
  Time now = epoch;

  // The names of the facts, or the refusal's code.
  template <class Command>
  Names run(const Command& command) {
    return run(engine::step(command));
  }
  Names run(const engine::Step& step) {
    facts_.clear();
    const auto& table = *schemas::platform().table(step.command);
    for (;;) {
      engine::Attempt attempt{cache_, now};
      switch (attempt.run(table, step.body)) {
        case engine::Attempt::Outcome::missing:
          for (const auto& stream : attempt.missing())
            cache_.insert(stream, {engine::registry().of_stream(stream)->make(), 0});
          continue;
        case engine::Attempt::Outcome::refused:
          refusal_ = attempt.refusal();
          return {refusal_.code};
        case engine::Attempt::Outcome::decided:
          facts_ = attempt.facts();
          attempt.evolve(number_++);
          break;
      }
      break;
    }
    Names names;
    for (const auto& fact : facts_) names.push_back(fact.type);
    return names;
  }

  // The numbers that came with the last refusal.
  const std::vector<std::pair<std::string, std::int64_t>>& details() const {
    return refusal_.details;
  }
  // What the last command recorded.
  const std::vector<construct::Fact>& facts() const { return facts_; }
  template <class Fact>
  Fact fact() const {
    for (const auto& stored : facts_)
      if (stored.type == Fact::type_name) {
        Fact found;
        decode(stored.data.data, found);
        return found;
      }
    FAIL("there is no ", Fact::type_name);
    return {};
  }

 private:
  engine::Cache cache_{10'000};
  engine::CommitNumber number_ = 0;
  engine::Refusal refusal_;
  std::vector<construct::Fact> facts_;
};

}  // namespace dsl
