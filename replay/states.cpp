#include "replay/states.hpp"

#include <algorithm>

#include "replay/history.hpp"

namespace replay {

bool Aggregates::wants(std::string_view aggregate) const {
  return only_.empty() || aggregate == only_ || fold::kind_of(aggregate) == only_;
}

void Aggregates::add(const fold::CommitView& commit, const fold::Life& life) {
  if (incarnations_.empty() || *incarnations_.back() != life.incarnation)
    incarnations_.push_back(std::make_unique<std::string>(life.incarnation));
  for (const auto& fact : commit.facts) {
    if (!wants(fact.aggregate)) continue;
    auto found = by_name_.find(fact.aggregate);
    if (found == by_name_.end()) {
      auto state = fold::states().make(fact.aggregate);
      if (!state) {
        table_of(fact);  // of the log itself, which has no state; or of a newer build
        continue;
      }
      auto& entry = entries_.emplace_back(std::string{fact.aggregate}, Known{std::move(state)});
      found = by_name_.emplace(entry.name, &entry).first;
    }
    auto& known = found->second->known;
    try {
      known.state->evolve(fact.type, fact.data, commit.at);
    } catch (const std::invalid_argument&) {
      table_of(fact);  // says which build is needed
      throw;
    }
    known.version = fact.version;
    known.commit = commit.number;
    known.at = commit.at;
    known.incarnation = incarnations_.back().get();
    ++facts_;
  }
}

void Aggregates::each(const std::function<void(const std::string&, const Known&)>& visit) const {
  std::vector<const Entry*> sorted;
  sorted.reserve(entries_.size());
  for (const auto& entry : entries_) sorted.push_back(&entry);
  std::ranges::sort(sorted, {}, [](const Entry* entry) { return std::string_view{entry->name}; });
  for (const auto* entry : sorted) visit(entry->name, entry->known);
}

}  // namespace replay
