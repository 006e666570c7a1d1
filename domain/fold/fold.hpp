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

#include "domain/fold/log.hpp"
#include "domain/fold/names.hpp"
#include "domain/fold/store.hpp"

namespace fold {

// A commit on its way through a fold.
struct Commit {
  CommitNumber number = 0;
  const std::string& bytes;  // as stored in the block
  const construct::Commit& content;
};

// What the commit that begins a restored log is named, and whether a commit is that one.
inline constexpr std::string_view restore_command = "RestoreLog";
inline bool restores(const construct::Commit& commit) { return commit.command == restore_command; }
// Which life of the log it begins: of its first commit, or of one that restores it.
std::string incarnation_of(const construct::Commit& commit);

class Fold {
 public:
  virtual ~Fold() = default;
  // Adds to the batch what the commit changes. Reads of the store do not see what the batch holds
  // already.
  virtual void apply(const Commit& commit, Batch& batch) = 0;
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
