// The log as folds and the engine see it: blocks, the chain they form, and the port to where they
// are stored.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "domain/kernel/crypto.hpp"
#include "domain/kernel/position.hpp"
#include "schemas/construct.hpp"

namespace fold {

using kernel::CommitNumber;
using schemas::Time;

inline constexpr std::uint16_t log_format = 1;
// A block's size on the wire is bounded, so that one command cannot stop the log; the server takes
// 1 MiB.
inline constexpr std::size_t block_bytes_max = 512 * 1024;

using kernel::Digest;
using kernel::sha256;
using kernel::text;

// A message as the log's store has it.
struct Message {
  std::uint64_t sequence = 0;  // of the store; counts strays too
  std::string data;
};

// The end of the chain, as far as somebody has followed it. Kept by every fold beside its state.
struct Head {
  std::uint64_t sequence = 0;  // of the last message seen, whether or not it was a valid block
  std::uint64_t epoch = 0;     // of the last valid block
  CommitNumber next = 0;       // the number that the next commit will have
  Digest hash{};               // of the last valid block; zeros before the first
  Time last_commit_at{};       // commit times increase strictly

  bool operator==(const Head&) const = default;
};

// Bytes of the next block after `head`.
std::string make_block(
    const Head& head, std::uint64_t epoch, std::vector<construct::StoredCommit> commits);

// The log holds what a newer build wrote; the sentence names it.
struct NewerBuildNeeded : std::runtime_error {
  using std::runtime_error::runtime_error;
};

// ---- Ports ----

// A live reading of the log from one sequence on, without gaps. One thread.
class Subscription {
 public:
  virtual ~Subscription() = default;
  // Of the messages that are there up to `most`, or fewer where they are large; waits up to
  // `patience_ms` for the first. Empty when none came.
  virtual std::vector<Message> next(std::size_t most, int patience_ms) = 0;
};

class Log {
 public:
  virtual ~Log() = default;
  virtual std::unique_ptr<Subscription> subscribe(std::uint64_t from_sequence) = 0;
  // The sequence of its last message, now; nothing when it does not answer in a moment. Where
  // several servers keep the log it may be of some seconds ago.
  virtual std::optional<std::uint64_t> end() = 0;
};

// Reads the log from its beginning through message `end`. Throws std::runtime_error when nothing
// came for so long.
void read_through(
    Log& log,
    std::uint64_t end,
    std::chrono::milliseconds patience,
    const std::function<void(const std::vector<Message>&)>& use);

enum class Published : std::uint8_t {
  stored,   // fsynced, at exactly the expected sequence plus one
  refused,  // another message is there
  unknown,  // no answer that can be relied on; the message may or may not have been stored
};

// What the store says of itself.
struct Look {
  std::uint64_t last_sequence = 0;
  Time server_time{};
  // Several servers keep the log, so the one that said this may have been deposed without knowing
  // it: then there is more than it knows of.
  bool replicated = false;
};

// The writer's side. Calls back at most once for each call, possibly at once, possibly from another
// thread; never when the answer was lost.
class Writer {
 public:
  virtual ~Writer() = default;
  virtual void publish(
      const std::string& block,
      std::uint64_t expected_last_sequence,
      std::function<void(Published)> done) = 0;
  virtual void look(std::function<void(std::optional<Look>)> done) = 0;
};

}  // namespace fold
