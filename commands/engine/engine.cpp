#include "commands/engine/engine.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "commands/engine/engine_parts.hpp"

namespace engine {
namespace {

// How often it looks for clients that have waited too long.
constexpr std::chrono::milliseconds sweep_period{100};
// How soon it asks the log's server again what time it is.
constexpr std::chrono::milliseconds time_period{500};

}  // namespace

Engine::Engine(Ports ports, Limits limits)
    : ports_{std::move(ports)},
      limits_{limits},
      time_{ports_.clock, limits.clock_difference},
      cache_{limits.aggregates_in_memory} {}

Engine::~Engine() = default;

bool Engine::idle() const { return by_id_.empty() && !in_flight_; }

kernel::Position Engine::here() const { return {incarnation_, next_ == 0 ? 0 : next_ - 1}; }

// ---- Commands in ----

void Engine::submit(Command command, CommandId id, Reply reply) {
  if (!leading_ || draining_) return reply(Failure::unavailable);
  if (by_id_.size() >= limits_.commands_waiting) return reply(Failure::overloaded);
  auto pending = std::make_unique<Pending>();
  pending->command = std::move(command);
  pending->id = id;
  pending->reply = std::move(reply);
  pending->since = ports_.clock.elapsed();
  admit(std::move(pending));
}

void Engine::admit(Owned pending) {
  if (!leading_) return pending->reply(Failure::unavailable);
  const auto [known, first] = by_id_.emplace(pending->id, pending.get());
  if (!first) {
    auto& other = *known->second;
    return (other.answers(*pending) ? other.repeats : other.others).push_back(std::move(pending));
  }
  if (pending->command.key_is_new || recent_.contains(pending->id))
    return decide(std::move(pending), {});
  const auto& command = pending->command;
  auto stream = stream_of(*command.type, address_in(*command.type, command.body));
  std::vector<std::string> streams;
  if (!cache_.find(stream)) streams.push_back(std::move(stream));
  want(std::move(pending), std::move(streams));
}

void Engine::want(Owned pending, std::vector<std::string> streams) {
  pending->streams = std::move(streams);
  wanting_.push_back(std::move(pending));
}

void Engine::on_loaded(std::vector<Found> found) {
  load_under_way_ = false;
  if (std::exchange(load_is_stale_, false)) return;
  // Nothing was forgotten since the load began, so together with what is in memory it is complete.
  auto loaded = std::exchange(loading_, {});
  for (auto& one : found)
    for (auto& [stream, aggregate] : one.aggregates) cache_.insert(stream, std::move(aggregate));
  for (std::size_t i = 0; i < loaded.size(); ++i) {
    if (found[i].damage.empty()) {
      decide(std::move(loaded[i]), found[i].earlier);
    } else {
      ports_.tell({found[i].damage, true});
      answer_later(std::move(loaded[i]), Failure::damaged);
    }
  }
  forget();
}

// ---- Deciding ----

void Engine::decide(Owned pending, const std::optional<StoredCommit>& earlier) {
  if (pending->given_up) return answer(std::move(pending), Failure::unavailable);
  const auto& command = pending->command;
  if (const auto known = recent_.find(pending->id); known != recent_.end())
    return replay(std::move(pending), known->second);
  if (earlier)
    return replay(
        std::move(pending),
        {earlier->number,
         earlier->content.body_digest.data,
         answer_of(earlier->content, earlier->number)});

  const auto now = next_time();
  if (command.due && now < *command.due)
    return answer_later(std::move(pending), Failure::too_early);
  Attempt attempt{cache_, now};
  const auto outcome = attempt.run(*command.type, command.body);
  if (outcome == Attempt::Outcome::missing) return want(std::move(pending), attempt.missing());
  const auto version = cache_.find(attempt.stream())->version;
  if (command.if_match && *command.if_match != version)
    return answer_later(std::move(pending), Stale{attempt.stream(), version, here()});
  const bool refused = outcome == Attempt::Outcome::refused;
  if (command.recorded && (refused || attempt.facts().empty()))
    return record(
        std::move(pending),
        refused ? attempt.refused_by() : attempt.stream(),
        refused ? attempt.refusal().code : std::string{nothing_to_do},
        now);
  if (refused)
    return answer_later(
        std::move(pending),
        Rejected{attempt.refusal().code, attempt.refused_by(), attempt.refusal().details, here()});
  if (attempt.facts().empty())
    return answer_later(
        std::move(pending),
        Accepted{.position = here(), .stream = attempt.stream(), .version = version});
  accept(std::move(pending), attempt, now);
}

void Engine::accept(Owned pending, Attempt& attempt, Time now) {
  auto commit = commit_of(*pending, now);
  commit.facts = attempt.facts();
  auto bytes = encode(commit);
  if (bytes.size() + block_overhead > limits_.block_bytes)
    return answer_later(std::move(pending), Failure::too_large);
  attempt.evolve(next_);
  auto answer = answer_of(commit, next_);
  write(std::move(pending), std::move(bytes), now, std::move(answer));
}

// A commit without facts, for a fold that waits to hear what became of its command.
void Engine::record(Owned pending, const std::string& stream, std::string rejection, Time now) {
  auto commit = commit_of(*pending, now);
  commit.rejection = rejection;
  write(
      std::move(pending),
      encode(commit),
      now,
      Rejected{std::move(rejection), stream, {}, {incarnation_, next_}});
}

construct::Commit Engine::commit_of(const Pending& pending, Time now) {
  const auto& command = pending.command;
  construct::Commit commit;
  commit.command_id.data = bytes_of(pending.id);
  commit.command = command.type->name;
  commit.client = command.client;
  commit.key_hash.data = fold::text(fold::sha256(command.key));
  commit.body_digest.data = command.digest;
  commit.correlation = command.correlation;
  commit.causation = command.causation;
  commit.actor = command.actor;
  commit.at = now;
  return commit;
}

// Puts the commit into the next block.
void Engine::write(Owned pending, std::string commit, Time now, Answer answer) {
  const auto number = next_++;
  last_commit_at_ = now;
  recent_.emplace(pending->id, Recent{number, pending->command.digest, answer});
  recent_order_.emplace_back(number, pending->id);
  pending->writing = true;
  gathered_bytes_ += commit.size() + commit_overhead;
  gathered_.push_back({std::move(commit), std::move(pending), std::move(answer)});
}

// What the command that decided the commit is answered. The lead's own facts come first in it.
Answer Engine::answer_of(const construct::Commit& commit, CommitNumber number) const {
  if (commit.rejection) return Rejected{*commit.rejection, {}, {}, {incarnation_, number}};
  const auto& facts = commit.facts;
  Accepted answer;
  answer.position = {incarnation_, number};
  if (facts.empty()) return answer;
  answer.stream = facts.front().aggregate;
  answer.created = facts.front().version == 1;
  for (const auto& fact : facts) {
    if (fact.aggregate != answer.stream) continue;
    answer.version = fact.version;
    answer.events.push_back(fact.type);
  }
  return answer;
}

void Engine::replay(Owned pending, const Recent& recent) {
  if (recent.digest != pending->command.digest)
    return answer_later(std::move(pending), Failure::key_reused);
  auto answer = recent.answer;
  if (auto* accepted = std::get_if<Accepted>(&answer)) accepted->replayed = true;
  answer_later(std::move(pending), std::move(answer));
}

// ---- Answers out ----

void Engine::answer_later(Owned pending, Answer answer) {
  pending->decided = true;
  waiting_.push_back({std::move(pending), std::move(answer), next_, std::nullopt, false});
}

void Engine::answer(Owned pending, const Answer& answer) {
  by_id_.erase(pending->id);
  if (pending->reply) pending->reply(answer);
  auto repeated = answer;
  if (auto* accepted = std::get_if<Accepted>(&repeated); accepted && !accepted->events.empty())
    accepted->replayed = true;
  for (const auto& repeat : pending->repeats)
    if (repeat->reply) repeat->reply(repeated);
  for (auto& other : pending->others)
    if (other->reply) admit(std::move(other));
}

void Engine::deliver() {
  while (!waiting_.empty()) {
    auto& first = waiting_.front();
    if (head_.next < first.rests_on || !first.proven_by || head_.sequence < *first.proven_by)
      return;
    auto done = std::move(first);
    waiting_.pop_front();
    answer(std::move(done.pending), done.answer);
  }
}

// ---- Time ----

Time Engine::next_time() const {
  return std::max(time_.now(), last_commit_at_ + std::chrono::microseconds{1});
}

// A clock that has jumped was wrong before or is now: the server's tells.
void Engine::mind_the_clock() {
  if (!leading_ || !time_.jumped()) {
    clock_is_wrong_ = false;
    return;
  }
  const auto elapsed = ports_.clock.elapsed();
  if (looking_ || elapsed - asked_the_time_ < time_period) return;
  asked_the_time_ = elapsed;
  ask_look([this](std::optional<fold::Look> seen) {
    if (!seen || !leading_ || time_.confirm(seen->server_time)) return;
    if (std::exchange(clock_is_wrong_, true)) return;
    ports_.tell(
        {fmt::format(
             "this machine's clock has jumped and differs from the log server's by {} s; set it "
             "right, until then this engine goes by the time that has elapsed",
             time_.off_by(seen->server_time).count()),
         true});
  });
}

void Engine::tick() {
  const auto now = ports_.clock.elapsed();
  if (in_flight_ &&
      now - in_flight_->sent >= (in_flight_->unanswered ? limits_.retry : limits_.silence))
    publish();
  if (in_flight_ && !in_flight_->overdue && now - in_flight_->since >= limits_.patience) {
    in_flight_->overdue = true;
    ports_.tell(
        {"the log's server does not take a block, so no command is done; see what it says in its "
         "own log, and whether its disk has room",
         true});
  }
  if (looking_ && now - looking_since_ >= limits_.silence) {
    looking_ = false;
    on_look(std::nullopt);
  }
  mind_the_clock();
  if (now - last_sweep_ < sweep_period) return;
  last_sweep_ = now;
  for (auto& [id, pending] : by_id_) {
    // A commit on its way goes on, and the same key will tell what became of it; anything else ends
    // here.
    const auto late = pending->writing ? Failure::outcome_unknown : Failure::unavailable;
    if (give_up(*pending, late)) pending->given_up = !pending->writing;
    for (auto& repeat : pending->repeats) give_up(*repeat, late);
    for (auto& other : pending->others) give_up(*other, Failure::unavailable);
  }
}

bool Engine::give_up(Pending& pending, Failure late) {
  if (!pending.reply || ports_.clock.elapsed() - pending.since < limits_.patience) return false;
  std::exchange(pending.reply, nullptr)(late);
  return true;
}

}  // namespace engine
