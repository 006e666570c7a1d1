// The aggregates that the engine has in memory, least recently used first out.
//
// An aggregate with facts that the streams store has not folded yet is never put out: it could not
// be loaded whole. One thread.
#pragma once

#include <boost/unordered/unordered_flat_map.hpp>
#include <cstddef>
#include <list>
#include <memory>
#include <string>
#include <string_view>

#include "commands/engine/streams.hpp"

namespace engine {

class Cache {
 public:
  struct Entry {
    std::string stream;
    std::unique_ptr<Aggregate> aggregate;
    std::uint64_t version = 0;
    CommitNumber needs_folded = 0;  // may be put out when the store's next commit is at least this
  };

  explicit Cache(std::size_t entries_max) : entries_max_{entries_max} {}

  // Null when it is not here. Stays valid until evict() or clear().
  Entry* find(std::string_view stream);
  // Keeps what is here already: it is never older.
  void insert(const std::string& stream, Loaded loaded);
  void evict(CommitNumber folded_next);
  void clear();
  std::size_t size() const { return entries_.size(); }

 private:
  std::size_t entries_max_;
  std::list<Entry> entries_;  // most recently used first
  boost::unordered_flat_map<std::string_view, std::list<Entry>::iterator>
      by_stream_;  // keys live in the entries
};

}  // namespace engine
