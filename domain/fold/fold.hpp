// The runtime of every fold: it takes the log's messages into a store.
//
// A fold's state and how far it has followed the log are written in one batch, so it can be killed
// at any instant and goes on where it stood, neither losing a commit nor applying one twice.
//
// Concurrency: a runner belongs to one thread, but cursor() may be called from any.
#pragma once

#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "domain/fold/block_view.hpp"
#include "domain/fold/store.hpp"

namespace fold {

class Fold {
 public:
  virtual ~Fold() = default;
  // Adds to the batch what the commit changes. Reads of the store do not see what the batch holds
  // already. The commit is gone when it returns.
  virtual void apply(const CommitView& commit, Batch& batch) = 0;
  // The batch is about to be written with all that was applied since the last time, and the store
  // is durable after.
  virtual void flush(Batch&) {}
};

struct Cursor {
  Head head;
  std::string incarnation;  // empty before the first commit

  bool operator==(const Cursor&) const = default;
};
std::optional<Cursor> read_cursor(const Reads& store);

// What became of one message, told in the order of the log after it was folded.
struct Progress {
  Head head;
  bool valid = false;  // the message was the next block of the chain
};

// A fold with its store and its place in the log.
class Runner {
 public:
  using Listener =
      std::function<void(const std::vector<Progress>&, const std::string& incarnation)>;

  Runner(Store& store, Fold& fold, Listener listener);

  // Folds messages, each once however often it is delivered, and writes what came of them. Throws
  // NewerBuildNeeded, schemas::Corrupt or std::runtime_error when the log or the store cannot be
  // read; then nothing of these messages is kept, and nothing is skipped.
  void apply(const std::vector<Message>& messages);
  // The same for several that stand at one place in the log, with one reading of the messages.
  static void apply(const std::vector<Runner*>& runners, const std::vector<Message>& messages);

  Cursor cursor() const;
  std::string store_name() const { return store_.name(); }
  void check_sound() const { store_.check_sound(); }

 private:
  void write(Batch& batch, const std::vector<Progress>& progress, const Cursor& cursor);

  Store& store_;
  Fold& fold_;
  Listener listener_;
  mutable std::mutex mutex_;  // guards cursor_
  Cursor cursor_;
};

}  // namespace fold
