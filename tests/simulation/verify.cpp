#include "tests/simulation/verify.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "commands/engine/streams.hpp"
#include "tests/simulation/ledger.hpp"
#include "tests/simulation/say.hpp"

namespace simulation {
namespace {

using engine::Accepted;
using engine::Failure;
using engine::Rejected;
using engine::Stale;

std::string text(const engine::CommandId& id) {
  return {reinterpret_cast<const char*>(id.data()), id.size()};
}

class Auditor {
 public:
  explicit Auditor(const Evidence& evidence) : evidence_{evidence} {}

  std::vector<std::string> log();
  std::vector<std::string> answers();

 private:
  template <class... Parts>
  void fault(fmt::format_string<Parts...> text, Parts&&... parts) {
    faults_.push_back(fmt::format(text, std::forward<Parts>(parts)...));
  }
  template <class... Parts>
  void fault_of(std::size_t delivery, fmt::format_string<Parts...> text, Parts&&... parts) {
    const auto& answer = evidence_.journal.deliveries[delivery];
    faults_.push_back(fmt::format(
        "delivery {} ({}) was answered \"{}\": {}",
        delivery,
        say(request_of(answer)),
        say(answer.answer),
        fmt::format(text, std::forward<Parts>(parts)...)));
  }
  const Request& request_of(const Delivery& delivery) const {
    return evidence_.journal.requests[delivery.request];
  }

  std::string incarnation() const;
  void commit(CommitNumber number, const construct::Commit& commit);
  bool may_have_made(
      const Delivery& delivery, CommitNumber number, const construct::Commit& commit) const;
  void apply(CommitNumber number);

  void durable(std::size_t number, const Accepted& answer);
  void at_rest(std::size_t number);
  void rests(std::size_t number, const Delivery& delivery, const Rejected& answer);
  void rests(std::size_t number, const Delivery& delivery, const Stale& answer);
  void rests(std::size_t number, const Delivery& delivery, const Accepted& answer);
  void failed(std::size_t number, Failure failure);

  const Evidence& evidence_;
  Ledger ledger_;
  std::vector<std::string> faults_;
};

const kernel::Position* position_of(const engine::Answer& answer) {
  if (const auto* accepted = std::get_if<Accepted>(&answer)) return &accepted->position;
  if (const auto* rejected = std::get_if<Rejected>(&answer)) return &rejected->position;
  if (const auto* stale = std::get_if<Stale>(&answer)) return &stale->position;
  return nullptr;
}

// Where an answer that wrote nothing stands: the commits that it rests on. Absent for other
// answers.
std::optional<CommitNumber> rests_on(const engine::Answer& answer) {
  const auto* position = position_of(answer);
  const auto* accepted = std::get_if<Accepted>(&answer);
  if (!position || (accepted && !accepted->events.empty())) return std::nullopt;
  return position->commit + 1;
}

std::string Auditor::incarnation() const {
  construct::LogStarted started;
  decode(evidence_.chain.entries().at(0).commit.facts.at(0).data.data, started);
  return started.incarnation;
}

// ---- The log ----

std::vector<std::string> Auditor::log() {
  faults_ = evidence_.chain.faults();
  const auto& entries = evidence_.chain.entries();
  for (CommitNumber i = 0; i < entries.size(); ++i) {
    if (i > 0) commit(i, entries[i].commit);
    apply(i);
  }
  return std::move(faults_);
}

void Auditor::apply(CommitNumber number) {
  try {
    for (const auto& fact : evidence_.chain.entries()[number].commit.facts) ledger_.apply(fact);
  } catch (const std::exception& error) {
    fault("commit {}: {}", number, error.what());
  }
}

bool Auditor::may_have_made(
    const Delivery& delivery, CommitNumber number, const construct::Commit& commit) const {
  const auto& request = request_of(delivery);
  if (text(request.id) != commit.command_id.data || request.digest != commit.body_digest.data)
    return false;
  if (delivery.log_before > number) return false;
  if (delivery.if_match && *delivery.if_match != ledger_.version(stream_of(request.asked)))
    return false;
  if (delivery.answers == 0) return true;
  const auto* failure = std::get_if<Failure>(&delivery.answer);
  return failure ? *failure == Failure::outcome_unknown
                 : std::holds_alternative<Accepted>(delivery.answer);
}

void Auditor::commit(CommitNumber number, const construct::Commit& commit) {
  const auto& deliveries = evidence_.journal.deliveries;
  const auto made = std::ranges::find_if(
      deliveries, [&](const auto& one) { return may_have_made(one, number, commit); });
  if (made == deliveries.end())
    return fault("commit {} was made, and no client can have caused it", number);
  const auto due = ledger_.due(request_of(*made).asked, commit.at);
  std::vector<Effect> effects;
  for (const auto& fact : commit.facts)
    if (auto effect = effect_of(fact)) effects.push_back(std::move(*effect));
  if (!due.refusal.empty())
    fault("commit {} should have been refused: {}", number, due.refusal);
  else if (effects.empty() || effects != due.effects)
    fault("commit {} of {} has other effects than it must have", number, say(request_of(*made)));
}

// ---- The answers ----

std::vector<std::string> Auditor::answers() {
  const auto& deliveries = evidence_.journal.deliveries;
  std::multimap<CommitNumber, std::size_t> resting;
  std::set<std::string>
      made;  // ids of commands that somebody was told to have been carried out just now
  for (std::size_t i = 0; i < deliveries.size(); ++i) {
    const auto& one = deliveries[i];
    if (one.answers != (one.crashed ? 0 : 1))
      fault("delivery {} was answered {} times", i, one.answers);
    if (one.answers == 0) continue;
    if (const auto* position = position_of(one.answer);
        position && position->incarnation != incarnation())
      fault_of(i, "it names another log");
    if (const auto on = rests_on(one.answer))
      resting.emplace(*on, i);
    else if (const auto* accepted = std::get_if<Accepted>(&one.answer)) {
      durable(i, *accepted);
      if (!accepted->replayed && !made.insert(text(request_of(one).id)).second)
        fault_of(i, "another delivery was told the same, and not as a replay");
    } else
      failed(i, std::get<Failure>(one.answer));
  }
  for (CommitNumber next = 0; next <= evidence_.chain.next(); ++next) {
    const auto [begin, end] = resting.equal_range(next);
    for (auto at = begin; at != end; ++at) at_rest(at->second);
    resting.erase(begin, end);
    if (next < evidence_.chain.next()) apply(next);
  }
  for (const auto& [on, delivery] : resting)
    fault_of(delivery, "it rests on commits that are not in the log");
  return std::move(faults_);
}

// The answer says what a commit says that was in the log by then.
void Auditor::durable(std::size_t number, const Accepted& answer) {
  const auto& delivery = evidence_.journal.deliveries[number];
  const auto& request = request_of(delivery);
  if (answer.position.commit >= delivery.log_after)
    return fault_of(number, "the log did not hold it yet");
  const auto& commit = evidence_.chain.entries()[answer.position.commit].commit;
  if (commit.command_id.data != text(request.id))
    return fault_of(number, "that commit is another command's");
  if (commit.body_digest.data != request.digest)
    return fault_of(number, "that commit has another body");
  Accepted told{.stream = stream_of(request.asked)};
  for (const auto& fact : commit.facts) {
    if (fact.aggregate != told.stream) continue;
    told.version = fact.version;
    told.events.push_back(fact.type);
    told.created |= fact.version == 1;
  }
  const bool same = told.stream == answer.stream && told.version == answer.version &&
                    told.events == answer.events && told.created == answer.created;
  if (!same) fault_of(number, "the commit says otherwise");
  if (!answer.replayed && delivery.if_match &&
      *delivery.if_match + told.events.size() != told.version)
    fault_of(number, "it was to be made on version {} only", *delivery.if_match);
}

void Auditor::at_rest(std::size_t number) {
  const auto& delivery = evidence_.journal.deliveries[number];
  const auto on = *rests_on(delivery.answer);
  if (on > delivery.log_after) fault_of(number, "it rests on what was not in the log yet");
  if (on < delivery.log_before)
    fault_of(
        number,
        "it was out of date: the log had {} commits when the command arrived",
        delivery.log_before);
  if (const auto* stale = std::get_if<Stale>(&delivery.answer))
    return rests(number, delivery, *stale);
  const auto version = ledger_.version(stream_of(request_of(delivery).asked));
  if (delivery.if_match && *delivery.if_match != version)
    fault_of(number, "the client had seen version {}, not {}", *delivery.if_match, version);
  if (const auto* rejected = std::get_if<Rejected>(&delivery.answer))
    return rests(number, delivery, *rejected);
  rests(number, delivery, std::get<Accepted>(delivery.answer));
}

void Auditor::rests(std::size_t number, const Delivery& delivery, const Stale& answer) {
  const auto stream = stream_of(request_of(delivery).asked);
  if (!delivery.if_match) return fault_of(number, "the client had not asked for a version");
  if (*delivery.if_match == ledger_.version(stream)) fault_of(number, "it is that version");
  if (answer.stream != stream || answer.version != ledger_.version(stream))
    fault_of(number, "{} is at version {}", stream, ledger_.version(stream));
}

// Time only ever turns one verdict into another once, so one of the two ends must agree.
void Auditor::rests(std::size_t number, const Delivery& delivery, const Rejected& answer) {
  const auto agrees = [&](Time now) {
    const auto due = ledger_.due(request_of(delivery).asked, now);
    decltype(answer.details) details;
    if (due.available) details.emplace_back("available", *due.available);
    return due.refusal == answer.code && due.refused_by == answer.stream &&
           details == answer.details;
  };
  if (!agrees(delivery.earliest) && !agrees(delivery.latest))
    fault_of(
        number, "\"{}\" is due", ledger_.due(request_of(delivery).asked, delivery.latest).refusal);
}

void Auditor::rests(std::size_t number, const Delivery& delivery, const Accepted& answer) {
  const auto stream = stream_of(request_of(delivery).asked);
  if (answer.stream != stream || answer.version != ledger_.version(stream) || answer.replayed)
    fault_of(number, "{} is at version {}", stream, ledger_.version(stream));
  const auto agrees = [&](Time now) {
    const auto due = ledger_.due(request_of(delivery).asked, now);
    return due.refusal.empty() && due.effects.empty();
  };
  if (!agrees(delivery.earliest) && !agrees(delivery.latest))
    fault_of(number, "there was something to do");
}

void Auditor::failed(std::size_t number, Failure failure) {
  const auto& delivery = evidence_.journal.deliveries[number];
  const auto& request = request_of(delivery);
  const auto* made = evidence_.chain.made_by(text(request.id));
  const bool with_this_body = made && made->commit.body_digest.data == request.digest;
  if (failure == Failure::damaged) fault_of(number, "nothing is damaged");
  if (failure != Failure::key_reused) return;
  if (!made || with_this_body) return fault_of(number, "no other body is in the log with that key");
  if (made >= &evidence_.chain.entries()[0] + delivery.log_after)
    fault_of(number, "the other body was not in the log yet");
}

}  // namespace

std::vector<std::string> faults_of_log(const Evidence& evidence) { return Auditor{evidence}.log(); }

std::vector<std::string> faults_of_answers(const Evidence& evidence) {
  return Auditor{evidence}.answers();
}

std::vector<std::string> faults_of_store(const MemoryStore& store, const MemoryLog& log) {
  MemoryStore fresh;
  engine::StreamsFold fold;
  fold::Runner runner{fresh, fold, [](const auto&, const auto&) {}};
  runner.apply(log.messages());
  std::vector<std::string> faults;
  using Families = engine::StreamsFamilies;
  for (const auto family :
       {fold::cursor_family, Families::commits, Families::aggregates, Families::commands})
    if (store.keys_of(family) != fresh.keys_of(family))
      faults.push_back(
          fmt::format("the store's family {} differs from a fresh fold of the log", family));
  return faults;
}

}  // namespace simulation
