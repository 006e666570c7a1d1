#include "replay/history.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>

#include "domain/fold/fold.hpp"
#include "domain/kernel/clock.hpp"
#include "replay/ahead.hpp"
#include "replay/verify/merkle.hpp"
#include "replay/verify/proof.hpp"
#include "schemas/notation.hpp"

namespace replay {
namespace {

using std::chrono::steady_clock;

constexpr std::chrono::milliseconds turn{200};  // how long until stopping is noticed
constexpr std::chrono::seconds patience{10};

std::uint64_t covered_by(const std::optional<Moment>& moment) {
  return moment && moment->is_checkpoint() ? moment->commit : 0;
}

// Reads commits out of blocks, and knows where it is.
class Reader {
 public:
  // The log ends with message `end` when the reading begins.
  Reader(const Range& range, std::uint64_t end, const History::Visit& visit)
      : range_{range},
        begin_behind_{range.from && range.from->kind == Moment::Kind::last ? end : 0},
        covered_{std::max(covered_by(range.from), covered_by(range.until))},
        visit_{visit} {}

  // False when that was enough.
  bool take(const Ahead::Read& read) {
    next_ = read.head.next;
    if (!read.valid) return true;
    for (const auto& commit : read.commits) {
      if (fold::begins_life(commit)) begin_life(commit);
      check_life(range_.from, commit.number);
      check_life(range_.until, commit.number);
      add_leaf(commit);
      if (range_.ends_before(commit.number, commit.at)) return false;
      const bool inside =
          read.message.sequence > begin_behind_ && !range_.begins_after(commit.number, commit.at);
      if (inside && !add(commit, read.head)) return false;
    }
    return true;
  }

  const Extent& extent() const { return extent_; }
  fold::CommitNumber next() const { return next_; }

 private:
  bool add(const fold::CommitView& commit, const fold::Head& head) {
    if (!extent_.first) extent_.first = commit.number;
    extent_.last = commit.number;
    extent_.last_at = commit.at;
    extent_.block = head.hash;
    ++extent_.commits;
    return visit_(commit, extent_.life);
  }

  // Of all commits, while there is a root to compare.
  void add_leaf(const fold::CommitView& commit) {
    if (commit.number >= covered_) return;
    tree_.add(verify::leaf_of(verify::to_bytes(verify::entry_of(commit.number, commit.bytes))));
    for (const auto& moment : {range_.from, range_.until})
      if (moment && moment->is_checkpoint() && moment->commit == tree_.size() &&
          moment->checkpoint.root != tree_.root())
        throw Refused(fmt::format(
            "the log is not the one of the checkpoint: its first {} commits have another root than "
            "{} signed; keep both, and ask whoever runs the log",
            moment->commit,
            moment->checkpoint.origin));
  }

  // The first commit says which log it is; one that restores it, which life of the log begins.
  void begin_life(const fold::CommitView& commit) {
    if (commit.facts.empty() || !commit.facts.front().aggregate.starts_with("construct/Log/"))
      throw Refused("this is no log of construct: its first commit does not say which it is");
    extent_.life = {
        std::string{fold::id_of(commit.facts.front().aggregate)}, fold::incarnation_of(commit)};
  }

  void check_life(const std::optional<Moment>& moment, fold::CommitNumber number) const {
    if (!moment || moment->incarnation.empty()) return;
    if (moment->commit == number + (moment->is_checkpoint() ? 1 : 0) &&
        moment->incarnation != extent_.life.incarnation)
      throw Refused(fmt::format(
          "the position {} is of another log, or of another life of this one: commit {} is of {} "
          "here; take a position from this deployment",
          kernel::to_token({moment->incarnation, moment->commit}),
          number,
          extent_.life.incarnation));
  }

  const Range& range_;
  const std::uint64_t begin_behind_;
  const std::uint64_t covered_;  // so many commits some checkpoint of the range covers
  verify::Growing tree_;
  const History::Visit& visit_;
  fold::CommitNumber next_ = 0;
  Extent extent_;
};

// The commits that a moment of a range needs to be there.
std::optional<kernel::CommitNumber> needs(const Range& range) {
  std::optional<kernel::CommitNumber> most;
  const auto need = [&](const std::optional<Moment>& moment, bool itself) {
    if (moment && moment->is_checkpoint()) most = std::max(most.value_or(0), moment->commit);
    if (moment && moment->kind == Moment::Kind::commit)
      most = std::max(most.value_or(0), moment->commit + (itself ? 1 : 0));
  };
  need(range.from, false);
  need(range.until, range.through);
  return most;
}

void check_order(const Range& range) {
  const auto& [from, until, through] = range;
  if (from && until && from->kind == until->kind &&
      (from->kind == Moment::Kind::time ? until->time < from->time : until->commit < from->commit))
    throw Refused("the range ends before it begins; exchange --from and --to");
  const auto now = kernel::SystemClock{}.now();
  for (const auto& moment : {from, until})
    if (moment && moment->kind == Moment::Kind::time && moment->time > now)
      throw Refused(fmt::format(
          "{} is still to come; give a time that is over, or last",
          schemas::format_time(moment->time)));
}

void check_end(const Range& range, kernel::CommitNumber next) {
  if (next == 0)
    throw Refused("the log has no commits; see whether this is the right data folder (--data)");
  if (const auto wanted = needs(range); wanted && *wanted > next)
    throw Refused(fmt::format(
        "the log ends with commit {}, so there is no commit {} yet; give one that is there, or "
        "last",
        next - 1,
        *wanted - 1));
}

}  // namespace

const schemas::Table& table_of(const fold::FactView& fact) {
  const auto* table = schemas::platform().table(fact.type);
  if (!table || table->role != schemas::Role::fact)
    throw fold::NewerBuildNeeded(fmt::format(
        "the log holds a fact {} that this build does not know; replay it with the build that runs "
        "the deployment",
        fact.type));
  return *table;
}

Extent History::read(const Range& range, const Visit& visit) {
  return read(range, visit, After::end);
}
Extent History::follow(const Range& range, const Visit& visit) {
  return read(range, visit, After::follow);
}

// Before anything is told: a look at the last message nearly always says enough.
void History::check_not_beyond(const Range& range, std::uint64_t end) {
  const auto wanted = needs(range);
  if (!wanted || end == 0) return;
  fold::BlockView last;
  const auto found = log_.subscribe(end)->next(1, static_cast<int>(turn.count()));
  if (found.empty() || !fold::read(found.front(), last)) return;
  if (*wanted <= last.first_commit + last.commits.size()) return;
  // It may be no part of the log, so this is settled by reading.
  const auto all = read(
      {}, [](const auto&, const auto&) { return true; }, After::end);
  check_end(range, all.last + 1);
}

Extent History::read(const Range& range, const Visit& visit, After after) {
  auto extent = read_blocks(range, visit, after);
  if (range.until && range.until->is_checkpoint())
    extent.checkpoint = range.until->checkpoint;
  else if (extent.first)
    extent.checkpoint = hooks_.checkpoint(extent.life.incarnation, extent.last + 1);
  return extent;
}

Extent History::read_blocks(const Range& range, const Visit& visit, After after) {
  check_order(range);
  const auto end = log_.end();
  if (!end) throw std::runtime_error("the log does not answer; see whether nats-server runs");
  if (after == After::end) check_not_beyond(range, *end);
  Reader reader{range, *end, visit};
  Ahead ahead{log_, after == After::end ? end : std::nullopt};
  auto until = steady_clock::now() + patience;
  for (std::uint64_t at = 0; after == After::follow || at < *end;) {
    if (hooks_.stopped()) {
      if (after == After::follow) return reader.extent();
      throw Interrupted();
    }
    hooks_.progress(at, *end);
    const auto reads = ahead.next(turn);
    if (reads.empty()) {
      if (at >= *end)
        hooks_.idle();
      else if (steady_clock::now() >= until)
        throw std::runtime_error("the log does not answer; see whether nats-server runs");
      continue;
    }
    until = steady_clock::now() + patience;
    at = reads.back().message.sequence;
    for (const auto& read : reads)
      if (!reader.take(read)) return reader.extent();
    if (after == After::follow && at >= *end) hooks_.idle();
  }
  check_end(range, reader.next());
  return reader.extent();
}

}  // namespace replay
