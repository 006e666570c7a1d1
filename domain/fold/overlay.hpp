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
    written_[family][std::move(key)] = std::move(value);
  }
  // Hands over what was written, in the order of the keys, in which a store takes them fastest.
  void flush(Batch& batch) {
    for (Family family = 0; family < written_.size(); ++family) {
      for (auto& [key, value] : written_[family]) batch.push_back({family, key, std::move(value)});
      written_[family].clear();
    }
  }

 private:
  const Reads& store_;
  std::vector<std::map<std::string, std::optional<std::string>, std::less<>>> written_;
};

}  // namespace fold
