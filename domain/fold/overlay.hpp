// What a fold has written in the batch under way, over the store that does not have it yet: a fold
// reads back what it wrote.
//
// Concurrency: one thread.
#pragma once

#include <map>
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
    if (const auto found = written.find(key); found != written.end()) return found->second;
    return store_.get(family, key);
  }
  // Without a value: erases.
  void put(Family family, std::string key, std::optional<std::string> value) {
    const auto [at, fresh] = written_[family].try_emplace(std::move(key));
    if (undoable_) undo_.push_back({family, at, fresh, std::move(at->second)});
    at->second = std::move(value);
  }
  // From here on rollback() can undo what is written, until the next savepoint or flush.
  void savepoint() {
    undo_.clear();
    undoable_ = true;
  }
  void rollback() {
    for (auto last = undo_.rbegin(); last != undo_.rend(); ++last) {
      if (last->fresh)
        written_[last->family].erase(last->at);
      else
        last->at->second = std::move(last->before);
    }
    undo_.clear();
  }
  // Hands over what was written, in the order of the keys, in which a store takes them fastest.
  void flush(Batch& batch) {
    undo_.clear();
    undoable_ = false;
    for (Family family = 0; family < written_.size(); ++family) {
      for (auto& [key, value] : written_[family]) batch.push_back({family, key, std::move(value)});
      written_[family].clear();
    }
  }

 private:
  using Written = std::map<std::string, std::optional<std::string>, std::less<>>;
  struct Undo {
    Family family;
    Written::iterator at;
    bool fresh;  // nothing was written under the key before
    std::optional<std::string> before;
  };

  const Reads& store_;
  std::vector<Written> written_;
  std::vector<Undo> undo_;
  bool undoable_ = false;
};

}  // namespace fold
