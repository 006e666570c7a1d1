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
    auto found = known_.find(fact.aggregate);
    if (found == known_.end()) {
      auto state = fold::states().make(fact.aggregate);
      if (!state) {
        table_of(fact);  // of the log itself, which has no state; or of a newer build
        continue;
      }
      found = known_.emplace(std::string{fact.aggregate}, Known{.state = std::move(state)}).first;
    }
    auto& known = found->second;
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
  std::vector<const decltype(known_)::value_type*> sorted;
  sorted.reserve(known_.size());
  for (const auto& entry : known_) sorted.push_back(&entry);
  std::ranges::sort(sorted, {}, [](const auto* entry) { return std::string_view{entry->first}; });
  for (const auto* entry : sorted) visit(entry->first, entry->second);
}

}  // namespace replay
