// What a fold has written in the batch under way, over the store that does not have it yet: a fold
// reads back what it wrote.
//
// Concurrency: one thread.
#pragma once

#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "domain/fold/store.hpp"

namespace fold {

class Overlay {
 public:
  // `families` counts the fold runtime's own, too. `store` outlives it.
  Overlay(const Reads& store, std::size_t families);
  ~Overlay();
  Overlay(const Overlay&) = delete;
  Overlay& operator=(const Overlay&) = delete;

  std::optional<std::string> get(Family family, std::string_view key) const;
  // Without a value: erases.
  void put(Family family, std::string key, std::optional<std::string> value);
  // From here on rollback() can undo what is written, until the next savepoint or flush.
  void savepoint();
  void rollback();
  // Hands over what was written, each key once.
  void flush(Batch& batch);

 private:
  struct Undo {
    Change* change;
    bool fresh;  // nothing was written under the key before
    std::optional<std::string> before;
  };
  class Index;  // which contexts need not read the header of

  const Reads& store_;
  std::deque<Change> changes_;
  std::unique_ptr<Index> index_;  // of them, by family and key
  std::vector<Undo> undo_;
  bool undoable_ = false;
};

}  // namespace fold
