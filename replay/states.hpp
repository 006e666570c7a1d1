// The states of aggregates, folded in memory from their first facts on: all of them, or those of
// one kind or one name. Memory grows with the aggregates that are kept, not with the facts.
//
// Concurrency: one thread.
#pragma once

#include <boost/unordered/unordered_flat_map.hpp>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "domain/fold/block_view.hpp"
#include "domain/fold/cloud_event.hpp"
#include "domain/fold/states.hpp"

namespace replay {

class Aggregates {
 public:
  struct Known {
    std::unique_ptr<fold::State> state;
    std::uint64_t version = 0;
    kernel::CommitNumber commit = 0;  // of its last fact
    schemas::Time at;
    const std::string* incarnation = nullptr;  // of the life in which that was
  };

  // `only`: an aggregate's name, or a kind of them; empty: all.
  explicit Aggregates(std::string only = {}) : only_{std::move(only)} {}

  // Throws fold::NewerBuildNeeded, schemas::Corrupt.
  void add(const fold::CommitView& commit, const fold::Life& life);

  std::uint64_t facts() const { return facts_; }
  std::size_t count() const { return entries_.size(); }
  // In the order of their names.
  void each(const std::function<void(const std::string& name, const Known& known)>& visit) const;

 private:
  bool wants(std::string_view aggregate) const;

  const std::string only_;
  struct Entry {
    std::string name;
    Known known;
  };

  std::deque<Entry> entries_;  // which stay where they are, while their table grows
  boost::unordered_flat_map<std::string_view, Entry*> by_name_;
  std::vector<std::unique_ptr<std::string>> incarnations_;
  std::uint64_t facts_ = 0;
};

}  // namespace replay
