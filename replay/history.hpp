// The log's commits, one after the other, in constant memory: what every verb of replay reads.
//
// The whole chain is followed from the log's beginning and checked on the way, so what is told is
// what the log says; commits outside of the range are only counted.
//
// Concurrency: one thread; `stopped` is asked on it, several times a second.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>

#include "domain/fold/block_view.hpp"
#include "domain/fold/cloud_event.hpp"
#include "replay/moment.hpp"

namespace replay {

// What of a log was read.
struct Extent {
  fold::Life life;                            // of the last commit that was read
  std::optional<kernel::CommitNumber> first;  // absent: no commit lies in the range
  kernel::CommitNumber last = 0;
  schemas::Time last_at;
  std::uint64_t commits = 0;
  kernel::Digest block{};  // hash of the block that holds the last one; stands for all before it
  // A signed one that covers all of them, or the newest there is; absent where none is at hand.
  std::optional<verify::Checkpoint> checkpoint;
};

// Somebody asked that it stop.
struct Interrupted : Refused {
  Interrupted() : Refused("it was interrupted; nothing is left of it, begin again") {}
};

class History {
 public:
  struct Hooks {
    // True once somebody wants it to end.
    std::function<bool()> stopped = [] { return false; };
    // How far it is, in messages of the log.
    std::function<void(std::uint64_t at, std::uint64_t end)> progress = [](auto, auto) {};
    // The checkpoint that covers so many commits, of that life of the log; or the newest there is.
    std::function<std::optional<verify::Checkpoint>(const std::string& incarnation, std::uint64_t)>
        checkpoint = [](const auto&, auto) { return std::nullopt; };
    // There is nothing more for now: whoever follows shows what it has.
    std::function<void()> idle = [] {};
  };

  // `log` outlives it.
  History(fold::Log& log, Hooks hooks) : log_{log}, hooks_{std::move(hooks)} {}

  // False: that is enough.
  using Visit = std::function<bool(const fold::CommitView& commit, const fold::Life& life)>;
  // Throws Refused when the log has no such range, Interrupted, fold::NewerBuildNeeded, or
  // std::runtime_error when the log cannot be read.
  Extent read(const Range& range, const Visit& visit);
  // The same, and goes on with what is committed from then on, until it is stopped.
  Extent follow(const Range& range, const Visit& visit);

 private:
  enum class After : std::uint8_t { end, follow };
  Extent read(const Range& range, const Visit& visit, After after);
  Extent read_blocks(const Range& range, const Visit& visit, After after);
  void check_not_beyond(const Range& range, std::uint64_t end);

  fold::Log& log_;
  Hooks hooks_;
};

// The table of a fact. Throws fold::NewerBuildNeeded when this build does not know it.
const schemas::Table& table_of(const fold::FactView& fact);

}  // namespace replay
