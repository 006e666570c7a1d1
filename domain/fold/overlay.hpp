// What a fold has written in the batch under way, over the store that does not have it yet: a fold
// reads back what it wrote.
//
// Concurrency: one thread.
#pragma once

#include <algorithm>
#include <boost/unordered/unordered_flat_map.hpp>
#include <deque>
#include <iterator>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "domain/fold/store.hpp"

namespace fold {

class Overlay {
 public:
  // `families` counts the fold runtime's own, too.
  Overlay(const Reads& store, std::size_t families) : store_{store}, written_(families) {}

  std::optional<std::string> get(Family family, std::string_view key) const {
    const auto& written = written_[family];
    if (const auto found = written.find(key); found != written.end()) return found->second->value;
    return store_.get(family, key);
  }
  // Without a value: erases.
  void put(Family family, std::string key, std::optional<std::string> value) {
    auto& written = written_[family];
    if (const auto found = written.find(key); found != written.end()) {
      auto before = std::exchange(found->second->value, std::move(value));
      if (undoable_) undo_.push_back({found->second, false, std::move(before)});
      return;
    }
    auto& change = changes_.emplace_back(Change{family, std::move(key), std::move(value)});
    written.emplace(change.key, &change);
    if (undoable_) undo_.push_back({&change, true, std::nullopt});
  }
  // From here on rollback() can undo what is written, until the next savepoint or flush.
  void savepoint() {
    undo_.clear();
    undoable_ = true;
  }
  void rollback() {
    for (auto last = undo_.rbegin(); last != undo_.rend(); ++last) {
      if (last->fresh) {
        written_[last->change->family].erase(last->change->key);
        changes_.pop_back();  // what is undone later was written earlier
      } else {
        last->change->value = std::move(last->before);
      }
    }
    undo_.clear();
  }
  // Hands over what was written, each key once.
  void flush(Batch& batch) {
    undo_.clear();
    undoable_ = false;
    for (auto& written : written_) written.clear();
    std::ranges::move(changes_, std::back_inserter(batch));
    changes_.clear();
  }

 private:
  struct Undo {
    Change* change;
    bool fresh;  // nothing was written under the key before
    std::optional<std::string> before;
  };

  const Reads& store_;
  std::deque<Change> changes_;
  std::vector<boost::unordered_flat_map<std::string_view, Change*>> written_;  // by family and key
  std::vector<Undo> undo_;
  bool undoable_ = false;
};

}  // namespace fold
