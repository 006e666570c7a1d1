// The log as an auditor reads it: the rules of the chain, written a second time and sharing nothing
// with domain/fold but the schema. The simulation's answers are checked against it.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "schemas/construct.hpp"
#include "tests/simulation/memory_log.hpp"

namespace simulation {

class Chain {
 public:
  struct Entry {
    std::uint64_t sequence;  // of the message it came in
    construct::Commit commit;
  };

  // Reads on to the log's end.
  void follow(const MemoryLog& log);

  const std::vector<Entry>& entries() const { return entries_; }
  // The number that the next commit will have.
  std::uint64_t next() const { return entries_.size(); }
  // The commit that a command made; null when it has made none.
  const Entry* made_by(const std::string& command_id) const;
  // Sequences of messages that are no part of the log.
  const std::vector<std::uint64_t>& strays() const { return strays_; }
  // What is broken in the log itself: a command twice, commit times that do not increase.
  const std::vector<std::string>& faults() const { return faults_; }

 private:
  bool is_next(const construct::Block& block) const;
  void take(const construct::Block& block, std::uint64_t sequence);

  std::uint64_t read_ = 0;
  std::uint64_t epoch_ = 0;
  std::string previous_ = std::string(32, '\0');
  std::vector<Entry> entries_;
  std::map<std::string, std::size_t> by_id_;
  std::vector<std::uint64_t> strays_;
  std::vector<std::string> faults_;
};

}  // namespace simulation
