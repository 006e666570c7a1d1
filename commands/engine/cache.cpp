#include "commands/engine/cache.hpp"

namespace engine {

Cache::Entry* Cache::find(std::string_view stream) {
  const auto found = by_stream_.find(stream);
  if (found == by_stream_.end()) return nullptr;
  entries_.splice(entries_.begin(), entries_, found->second);
  return &*found->second;
}

void Cache::insert(const std::string& stream, Loaded loaded) {
  if (by_stream_.contains(stream)) return;
  entries_.push_front({stream, std::move(loaded.aggregate), loaded.version, 0});
  by_stream_.emplace(entries_.front().stream, entries_.begin());
}

void Cache::evict(CommitNumber folded_next) {
  // Entries not folded yet are recent, so they stand in front; the first one met ends the search.
  while (entries_.size() > entries_max_ && entries_.back().needs_folded <= folded_next) {
    by_stream_.erase(entries_.back().stream);
    entries_.pop_back();
  }
}

void Cache::clear() {
  by_stream_.clear();
  entries_.clear();
}

}  // namespace engine
