// Moments of the log, and stretches of it, as people write them.
//
//   41, seq:41              the commit of that number; they are numbered from 0
//   5f0c2a91-41             the same, as clients were told: checked against the life of the log
//   time:2026-11-21T05:25:00Z   RFC 3339, UTC. Commit times increase strictly
//   ckpt:FILE               all that a signed checkpoint covers: checked against its root while
//                           the log is read. Whose signature it has, `construct verify` tells
//   last                    the end of the log when the reading begins
//
// Any thread; no state.
#pragma once

#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>

#include "domain/kernel/position.hpp"
#include "replay/verify/note.hpp"
#include "schemas/types.hpp"

namespace replay {

// What was asked for cannot be; a sentence that says what to do.
struct Refused : std::runtime_error {
  using std::runtime_error::runtime_error;
};

struct Moment {
  enum class Kind : std::uint8_t { last, commit, time, checkpoint };
  Kind kind = Kind::last;
  kernel::CommitNumber commit = 0;  // of a checkpoint, the first that it does not cover
  std::string incarnation;          // of a position as clients were told it
  schemas::Time time;
  verify::Checkpoint checkpoint;  // of that kind

  bool is_checkpoint() const { return kind == Kind::checkpoint; }
};

// Throws Refused.
Moment parse_moment(std::string_view text);

// Commits from `from` on and before `until`; with `through`, the one at `until` as well. Without
// `from` from the first, without `until` through the end.
struct Range {
  std::optional<Moment> from;
  std::optional<Moment> until;
  bool through = false;

  // All that had happened at a moment: through that commit, or all up to that time.
  static Range as_of(Moment moment) { return {.until = std::move(moment), .through = true}; }
  // Where a commit lies. What comes behind `last` only the reader of the log can tell.
  bool begins_after(kernel::CommitNumber commit, schemas::Time at) const;
  bool ends_before(kernel::CommitNumber commit, schemas::Time at) const;
};

}  // namespace replay
