// One command, with all that it takes along, decided on the aggregates in memory without changing
// them.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "commands/engine/cache.hpp"
#include "commands/engine/port.hpp"

namespace engine {

class Attempt {
 public:
  Attempt(Cache& cache, Time now) : cache_{cache}, now_{now} {}

  enum class Outcome : std::uint8_t { decided, refused, missing };
  Outcome run(const schemas::Table& command, const std::string& body);

  const std::string& stream() const { return lead_; }  // of the command's own aggregate
  const std::vector<std::string>& missing() const { return missing_; }  // streams to load first
  const Refusal& refusal() const { return refusal_; }
  const std::string& refused_by() const { return refused_by_; }
  // The facts with their streams and versions, in the order they happened.
  const std::vector<construct::Fact>& facts() const { return facts_; }
  // Moves the aggregates in memory past the facts, which will be in commit `number`.
  void evolve(CommitNumber number);

 private:
  // An aggregate that this attempt has touched.
  struct Touched {
    Cache::Entry* entry;
    std::uint64_t version;
    std::unique_ptr<Aggregate>
        copy;  // made when a later step needs to see what earlier ones decided
  };

  Outcome decide(
      const schemas::Table& command, const std::string& stream, const std::string& body, int depth);
  Touched* touch(const std::string& stream);
  void record(const std::string& stream, Touched& touched, std::vector<Decided> facts);

  Cache& cache_;
  Time now_;
  std::string lead_;
  std::vector<std::string> missing_;
  Refusal refusal_;
  std::string refused_by_;
  std::vector<construct::Fact> facts_;
  std::map<std::string, Touched> touched_;
};

// The stream a command addresses: "inventory/StockItem/sku-1".
std::string stream_of(const schemas::Table& command, std::string_view id);
// The id in a command's body.
std::string address_in(const schemas::Table& command, std::string_view body);

}  // namespace engine
