// The engine's own fold: the log re-keyed by aggregate and by command id.
//
//   commits     number                     -> the commit's bytes
//   aggregates  <stream> 00 first version  -> number of the commit with these facts of the stream
//   commands    command id (16 bytes)      -> number of the commit that it decided
//   snapshots   <stream>                   -> construct::SavedState
//
// Numbers are 8 bytes big-endian.
//
// Concurrency: reads from any thread, beside the one thread that folds.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "commands/engine/registry.hpp"
#include "domain/fold/fold.hpp"

namespace engine {

using kernel::CommitNumber;

struct StreamsFamilies {
  static constexpr fold::Family commits = 1, aggregates = 2, commands = 3, snapshots = 4;
  static constexpr std::array names{"commits", "aggregates", "commands", "snapshots"};
};

// The id of a command, the same for every repeat by the same client with the same key: a hash of
// both. Where the key is a UUIDv7, as generated ones are, the hash's first six bytes give way to
// its time, so that ids grow and the store appends instead of inserting all over.
using CommandId = std::array<std::uint8_t, 16>;
CommandId command_id(std::string_view client, std::string_view key);
std::string_view bytes_of(const CommandId& id);  // of the id itself, as the log and stores have it

class StreamsFold final : public fold::Fold {
 public:
  void apply(const fold::CommitView& commit, fold::Batch& batch) override;
};

// An aggregate as it stood at the commit through which the store was folded.
struct Loaded {
  std::unique_ptr<Aggregate> aggregate;
  std::uint64_t version = 0;
};

struct StoredCommit {
  CommitNumber number = 0;
  construct::Commit content;
};

// Reading the store, in the engine or in a process that follows it.
class StreamReader {
 public:
  explicit StreamReader(const fold::Reads& store) : store_{store} {}

  std::optional<StoredCommit> commit(CommitNumber number) const;
  std::optional<CommitNumber> decided_by(const CommandId& id) const;
  bool may_have_decided(const CommandId& id) const;  // without waiting for a disk
  // The commits that hold facts of the stream above `version`, in order, at most `limit` of them.
  std::vector<StoredCommit> history(
      std::string_view stream, std::uint64_t version, std::size_t limit) const;

 private:
  const fold::Reads& store_;
};

// Loading aggregates from the store.
class Streams : public StreamReader {
 public:
  Streams(fold::Store& store, const Registry& registry)
      : StreamReader{store}, store_{store}, registry_{registry} {}

  // Folds the aggregate from its last snapshot on; a long fold leaves a new snapshot behind. Throws
  // schemas::Corrupt.
  Loaded load(const std::string& stream) const;
  // The same for one that has no facts, when that can be told without waiting for a disk; most
  // aggregates that are not in memory do not exist yet.
  std::optional<Loaded> load_new(const std::string& stream) const;

 private:
  Loaded fresh(const std::string& stream) const;
  void restore(const std::string& stream, Loaded& loaded) const;
  void save(const std::string& stream, const Loaded& loaded) const;

  fold::Store& store_;
  const Registry& registry_;
};

}  // namespace engine
