#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "commands/engine/engine_parts.hpp"

namespace engine {
namespace {

// How long a block waits for company at most.
constexpr std::chrono::microseconds gathering_max{1'000};

}  // namespace

// ---- Blocks ----

void Engine::flush() {
  if (!load_under_way_ && !wanting_.empty()) {
    load_under_way_ = true;
    loading_ = std::exchange(wanting_, {});
    std::vector<Wanted> wanted;
    for (const auto& pending : loading_)
      wanted.push_back(
          {pending->command.key_is_new ? std::nullopt : std::optional{pending->id},
           pending->streams});
    ports_.loader.load(std::move(wanted));
  }
  send();
  look();
  deliver();
}

// Clients who were just answered will ask again in a moment. A block smaller than the last one
// waits for them, half as long as the last one took at most: every block costs the server and each
// fold the same, however full it is. A lone client never waits.
std::optional<std::chrono::microseconds> Engine::gathers_until() const {
  if (!leading_ || in_flight_ || gathered_.empty()) return std::nullopt;
  if (gathered_.size() >= last_block_size_) return std::nullopt;
  const auto until = acknowledged_at_ + std::min(last_block_took_ / 2, gathering_max);
  if (ports_.clock.elapsed() >= until) return std::nullopt;
  return until;
}

void Engine::send() {
  if (!leading_ || in_flight_ || gathers_until()) return;
  if (gathered_.empty() && !must_prove()) return;
  auto block = std::make_unique<Block>();
  std::vector<construct::StoredCommit> commits;
  std::size_t bytes = block_overhead;
  while (!gathered_.empty()) {
    const auto size = gathered_.front().bytes.size() + commit_overhead;
    if (!commits.empty() && bytes + size > limits_.block_bytes) break;
    bytes += size;
    commits.emplace_back().bytes.data = std::move(gathered_.front().bytes);
    block->commits.push_back(std::move(gathered_.front()));
    gathered_.pop_front();
  }
  gathered_bytes_ -= bytes - block_overhead;
  const auto count = commits.size();
  block->bytes = fold::make_block(head_, epoch_, std::move(commits));
  block->after = {head_.sequence + 1, epoch_, head_.next + count, fold::sha256(block->bytes), {}};
  // Its acknowledgement will prove that nobody else had written when these answers were decided.
  for (auto& waiting : waiting_)
    if (!waiting.proven_by && !waiting.asked) waiting.proven_by = block->after.sequence;
  in_flight_ = std::move(block);
  publish();
}

// Whether an answer waits for a proof that only a block can give.
bool Engine::must_prove() const {
  return !looks_prove_ && !waiting_.empty() && !waiting_.back().proven_by;
}

void Engine::publish() {
  in_flight_->unanswered = false;
  in_flight_->sent = ports_.clock.elapsed();
  if (in_flight_->since.count() == 0) in_flight_->since = in_flight_->sent;
  const auto attempt = ++publications_;
  // The log may answer when this engine is gone, so its own copy of the way back is all that the
  // callback touches.
  const auto done = [this, post = ports_.post, attempt](fold::Published outcome) {
    post([this, attempt, outcome] { on_published(attempt, outcome); });
  };
  ports_.writer.publish(in_flight_->bytes, in_flight_->after.sequence - 1, done);
}

void Engine::on_published(std::uint64_t attempt, fold::Published outcome) {
  if (!in_flight_ || attempt != publications_) return;
  // Refused or unknown: what stands at its place in the log tells, once it has been folded.
  if (outcome == fold::Published::stored)
    acknowledge();
  else
    in_flight_->unanswered = true;
  advance();
}

void Engine::acknowledge() {
  const auto block = std::move(in_flight_);
  const auto last_commit_at = last_commit_at_;
  acknowledged_at_ = ports_.clock.elapsed();
  last_block_took_ = acknowledged_at_ - block->sent;
  last_block_size_ = block->commits.size();
  head_ = block->after;
  head_.last_commit_at = last_commit_at;
  ahead_.erase(ahead_.begin(), ahead_.upper_bound(head_.sequence));
  if (block->opening) {
    leading_ = true;
    taking_lead_ = false;
    next_ = head_.next;
    ports_.tell(
        {fmt::format("leads the log in epoch {}, from commit {} on", epoch_, next_), false});
  }
  for (auto& commit : block->commits) answer(std::move(commit.pending), commit.answer);
  forget();
}

// Takes the messages beyond the head as they were folded, one by one: passing over a block of
// another engine's would be to write on where this one no longer leads. The place of a block in
// flight waits for the block's answer.
void Engine::advance() {
  while (!ahead_.empty() && !(in_flight_ && !in_flight_->unanswered)) {
    const auto there = ahead_.extract(ahead_.begin()).mapped();
    // Engines that open the same epoch write the same bytes, so whose block it is only the server's
    // answer can tell.
    const bool ours =
        in_flight_ && !in_flight_->opening && there.head.hash == in_flight_->after.hash;
    if (there.valid && ours)
      acknowledge();
    else if (there.valid)
      lose();
    else
      pass_over(there.head.sequence);
  }
}

// A stray message, which is no part of the log: the next block's place is behind it.
void Engine::pass_over(std::uint64_t sequence) {
  ports_.tell(
      {fmt::format(
           "message {} in the log's stream is not a block of the log; it is ignored", sequence),
       true});
  head_.sequence = sequence;
  if (!in_flight_) return;
  in_flight_->after.sequence = sequence + 1;
  // The message may be old, and behind it another engine lead: it proves nothing. The block, when
  // it is stored, will.
  for (auto& waiting : waiting_)
    if (waiting.proven_by == sequence) waiting.proven_by = in_flight_->after.sequence;
  publish();
}

// Another engine's block is the next one.
void Engine::lose() {
  const bool deposed = folded_.epoch > epoch_ || !leading_;
  auto again = drop_speculation();
  if (deposed) {
    if (leading_)
      ports_.tell(
          {fmt::format("another engine leads in epoch {}; this one stands by", folded_.epoch),
           false});
    leading_ = false;
    taking_lead_ = false;
    for (auto& pending : again) answer(std::move(pending), Failure::unavailable);
    return;
  }
  // Catch up, and decide again: clients do not see the race.
  head_ = folded_;
  next_ = head_.next;
  last_commit_at_ = std::max(last_commit_at_, head_.last_commit_at);
  for (auto& pending : again) want(std::move(pending), {});
}

// Forgets all that was decided and not acknowledged; returns the commands, in the order they came.
std::vector<Engine::Owned> Engine::drop_speculation() {
  std::vector<Owned> pending;
  if (in_flight_)
    for (auto& commit : in_flight_->commits) pending.push_back(std::move(commit.pending));
  for (auto& commit : gathered_) pending.push_back(std::move(commit.pending));
  for (auto& waiting : waiting_) pending.push_back(std::move(waiting.pending));
  std::ranges::move(loading_, std::back_inserter(pending));
  std::ranges::move(wanting_, std::back_inserter(pending));
  in_flight_.reset();
  gathered_.clear();
  gathered_bytes_ = 0;
  waiting_.clear();
  loading_.clear();
  wanting_.clear();
  recent_.clear();
  recent_order_.clear();
  ahead_.clear();
  cache_.clear();
  load_is_stale_ = load_under_way_;
  for (auto& one : pending) one->writing = one->decided = false;
  return pending;
}

// ---- The log as it is folded ----

void Engine::on_folded(
    const std::vector<fold::Progress>& progress, const std::string& incarnation) {
  if (!incarnation.empty())
    incarnation_ = incarnation;  // Before the log begins, this engine may be beginning it.
  for (const auto& message : progress) {
    folded_ = message.head;
    if (!leading_ && !taking_lead_) continue;
    if (message.head.sequence <= head_.sequence) continue;  // An echo of what is acknowledged.
    ahead_.emplace(message.head.sequence, message);
    advance();
  }
  forget();
}

// Puts out of memory what the streams store can tell by now; but not while a load is under way,
// which may have read the store before.
void Engine::forget() {
  if (load_under_way_) return;
  while (!recent_order_.empty() && recent_order_.front().first < folded_.next) {
    recent_.erase(recent_order_.front().second);
    recent_order_.pop_front();
  }
  cache_.evict(folded_.next);
}

// ---- Looking at the log's end ----

void Engine::look() {
  if (looking_ || !leading_ || !looks_prove_) return;
  bool needed = false;
  for (auto& waiting : waiting_)
    if (!waiting.proven_by) needed = waiting.asked = true;
  if (needed) ask_look([this](std::optional<fold::Look> seen) { on_look(seen); });
}

void Engine::ask_look(std::function<void(std::optional<fold::Look>)> then) {
  looking_ = true;
  looking_since_ = ports_.clock.elapsed();
  const auto number = ++looks_;
  ports_.writer.look([this, post = ports_.post, number, then](std::optional<fold::Look> seen) {
    post([this, number, then, seen] {
      if (number != looks_ || !looking_) return;
      looking_ = false;
      then(seen);
    });
  });
}

void Engine::on_look(std::optional<fold::Look> seen) {
  for (auto& waiting : waiting_) {
    if (!waiting.asked || waiting.proven_by) continue;
    waiting.asked = false;
    if (seen) waiting.proven_by = seen->last_sequence;
  }
}

// ---- Leading ----

void Engine::lead() {
  if (leading_ || taking_lead_ || looking_ || draining_) return;
  ask_look([this](std::optional<fold::Look> seen) {
    if (seen && !leading_ && !taking_lead_) open(*seen);
  });
}

void Engine::open(const fold::Look& seen) {
  if (seen.last_sequence != folded_.sequence) return;  // Catch up first.
  if (!time_.confirm(seen.server_time))
    return ports_.tell(
        {fmt::format(
             "this machine's clock and the log server's differ by {} s; set them right, this "
             "engine does not lead",
             time_.off_by(seen.server_time).count()),
         true});
  looks_prove_ = !seen.replicated;
  cache_.clear();
  head_ = folded_;
  next_ = head_.next;
  last_commit_at_ = std::max(last_commit_at_, head_.last_commit_at);
  epoch_ = head_.epoch + 1;
  auto block = std::make_unique<Block>();
  std::vector<construct::StoredCommit> commits;
  if (next_ == 0) commits.push_back(genesis());
  block->opening = true;
  block->after = {head_.sequence + 1, epoch_, head_.next + commits.size(), {}, {}};
  block->bytes = fold::make_block(head_, epoch_, std::move(commits));
  block->after.hash = fold::sha256(block->bytes);
  in_flight_ = std::move(block);
  taking_lead_ = true;
  publish();
}

// Commit 0: which log this is.
construct::StoredCommit Engine::genesis() {
  construct::LogStarted started;
  started.deployment = ports_.deployment;
  started.incarnation = ports_.new_incarnation();
  started.format = fold::log_format;
  construct::Commit commit;
  commit.command = "StartLog";
  commit.command_id.data = bytes_of(command_id("construct", started.deployment));
  commit.actor = "engine";
  commit.at = last_commit_at_ = next_time();
  auto& fact = commit.facts.emplace_back();
  fact.aggregate = "construct/Log/" + started.deployment;
  fact.version = 1;
  fact.type = construct::LogStarted::type_name;
  fact.data.data = encode(started);
  incarnation_ = started.incarnation;
  construct::StoredCommit stored;
  stored.bytes.data = encode(commit);
  return stored;
}

}  // namespace engine
