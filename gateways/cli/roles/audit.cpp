#include "gateways/cli/roles/audit.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <array>
#include <stdexcept>

#include "domain/kernel/thread.hpp"
#include "gateways/cli/audit/signing_key.hpp"
#include "projections/audit/growth.hpp"
#include "schemas/notation.hpp"

namespace cli {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using std::chrono::steady_clock;

constexpr milliseconds between_looks{20};
constexpr seconds log_time{10};  // for the log to answer
constexpr seconds standing_time{
    30};  // how long a tree that is behind what was signed may stand still
constexpr std::size_t notes_at_once = 1000;

struct Stopped {};

}  // namespace

AuditRole::AuditRole(Process& process)
    : process_{process},
      store_{rocks::Database::As::fold, process.folders.fold("audit"), names_of<audit::Families>()},
      tree_{store_},
      runner_{store_, tree_, [](const auto&, const auto&) {}},
      trail_store_{
          rocks::Database::As::fold,
          process.folders.fold("trail"),
          names_of<audit::TrailFamilies>()},
      trail_runner_{trail_store_, trail_, [](const auto&, const auto&) {}},
      moved_{steady_clock::now()} {
  process.tell_of(store_);
  process.tell_of(trail_store_);
  if (!process.config.policy.empty()) witnesses_.emplace(process.config.policy);
  saying_ = process.vitals.add(
      {.not_ready = [this]() -> std::optional<std::string> {
         const std::lock_guard lock{mutex_};
         if (refused_) return "nothing is signed any more: " + *refused_;
         if (!checked_) return "the log is being compared with the tree";
         return std::nullopt;
       },
       .metrics = [this] { return metrics(); }});
  reporting_ = report(process.connection, [this]() -> std::vector<Part> {
    return {{"audit", runner_.cursor().head.next, state()}};
  });
  process.tell("keeps the audit tree");
  thread_ = std::thread{[this] { work(); }};
}

AuditRole::~AuditRole() {
  {
    const std::lock_guard lock{mutex_};
    stopping_ = true;
  }
  wake_.notify_all();
  thread_.join();
  reporting_.reset();
  saying_.reset();
  following_.reset();
}

void AuditRole::work() {
  kernel::name_thread("sign checkpoints");
  try {
    check_log();
    following_.emplace(
        "fold the tree",
        process_.log,
        std::vector{&runner_, &trail_runner_},
        [this](const std::string& why) {
          process_.fail(fmt::format("the audit tree cannot go on: {}", why));
        },
        fold::Following::Pace::unhurried);
    while (!stopped(milliseconds{process_.config.audit_interval_ms})) sign_what_is_new();
  } catch (const Stopped&) {
    return;
  } catch (const audit::Refused& why) {
    refuse(why.what());
  } catch (const std::exception& error) {
    process_.fail(fmt::format("checkpoints cannot be signed: {}", error.what()));
  }
}

bool AuditRole::stopped(milliseconds time) {
  std::unique_lock lock{mutex_};
  return wake_.wait_for(lock, time, [this] { return stopping_; });
}

void AuditRole::refuse(const std::string& why) {
  process_.tell(
      fmt::format("no checkpoint is signed any more: {}; see AuditRefused in OPERATIONS.md", why),
      Level::alarm);
  const std::lock_guard lock{mutex_};
  refused_ = why;
}

// Whoever can write the log's files can write them with matching checksums, so only the tree tells.
void AuditRole::check_log() {
  const auto head = runner_.cursor().head;
  for (bool again = false;; again = true) {
    audit::LogCheck check{store_, head.next};
    fold::NoStore nothing;
    fold::Runner reading{nothing, check, [](const auto&, const auto&) {}};
    const auto connections = process_.connection.reconnections();
    std::string why = "what is stored behind it does not follow";
    try {
      read_log(reading, head.sequence);
    } catch (const fold::StoreFailed&) {
      throw;
    } catch (const fold::NewerBuildNeeded&) {
      throw;
    } catch (const audit::Refused&) {
      throw;
    } catch (const std::runtime_error& error) {
      // A server that is away proves nothing; one that is there and has not got it does.
      const bool away = !process_.connection.connected() ||
                        process_.connection.reconnections() != connections ||
                        !process_.stream.end();
      if (away || !again) continue;
      why = error.what();
    }
    if (const auto next = reading.cursor().head.next; next < head.next)
      throw audit::Refused(fmt::format(
          "commit {} of the log is not there, or not as it was ({}); the tree has {} commits",
          next,
          why,
          head.next));
    break;
  }
  const std::lock_guard lock{mutex_};
  checked_ = true;
}

void AuditRole::read_log(fold::Runner& reading, std::uint64_t through) {
  std::optional<std::uint64_t> end;
  while (!(end = process_.stream.end()))
    if (stopped(between_looks)) throw Stopped{};
  fold::read_through(
      process_.stream,
      std::min(*end, through),
      log_time,
      [&](const std::vector<fold::Message>& messages) {
        if (stopped(milliseconds{0})) throw Stopped{};
        reading.apply(messages);
      });
}

// Once the log says which one it is.
void AuditRole::begin_signing() {
  const auto log = store_.get(audit::Families::meta, audit::log_key).value();
  const auto& config = process_.config;
  const auto incarnation = log.substr(log.find('/') + 1);
  key_ = signing_key(
      process_.folders.audit_key(incarnation),
      audit::Signer::log,
      config.audit_name + '/' + log,
      "--audit-name");
  signed_.emplace(process_.folders.audit_signed(incarnation), *key_);
  remember_signed();
  store_.write({{audit::Families::meta, std::string{audit::vkey_key}, key_->vkey()}});
  process_.tell(fmt::format(
      "signs checkpoints as {}; {} commits are signed", key_->vkey(), signed_->last().size));
}

// A store that was made again from the log has lost the checkpoints.
void AuditRole::remember_signed() {
  const auto& last = signed_->last();
  if (last.size == 0) return;
  if (!store_.get(audit::Families::checkpoints, fold::ordered(last.size))) {
    fold::Batch batch;
    signed_->read([&](const std::string& note) {
      if (const auto read = audit::read_checkpoint(note))
        batch.push_back({audit::Families::checkpoints, fold::ordered(read->size), note});
      if (batch.size() < notes_at_once) return;
      store_.write(batch);
      batch.clear();
    });
    store_.write(batch);
  }
}

void AuditRole::sign_what_is_new() {
  const auto size = runner_.cursor().head.next;
  if (size == 0) return;
  if (!key_) begin_signing();
  const auto& last = signed_->last();
  const auto now = steady_clock::now();
  if (size != seen_) moved_ = now;
  seen_ = size;
  if (size < last.size) {
    if (now - moved_ < standing_time) return;
    throw audit::Refused(
        fmt::format("{} commits were signed, and the log ends before commit {}", last.size, size));
  }
  if (size == published()) return;
  const audit::Checkpoint checkpoint{key_->name(), size, audit::grown_root(store_, last, size)};
  if (checkpoint == last) return publish(checkpoint, signed_->last_note());  // after a restart
  const auto note = key_->sign(audit::body_of(checkpoint));
  signed_->append(checkpoint, note);
  publish(checkpoint, note);
}

void AuditRole::publish(const audit::Checkpoint& checkpoint, const std::string& note) {
  if (witnesses_) return ask_witnesses(checkpoint, note);
  write_published(checkpoint, note);
}

// They may be away for as long as they like: it is tried again the next time.
void AuditRole::ask_witnesses(const audit::Checkpoint& checkpoint, const std::string& note) {
  auto answer = witnesses_->ask(note, checkpoint.size, [&](std::uint64_t old_size) {
    std::string lines;
    for (const auto& hash : audit::Tree{store_}.consistency(old_size, checkpoint.size))
      lines += schemas::to_base64(kernel::text(hash)) + '\n';
    return lines;
  });
  {
    const std::lock_guard lock{mutex_};
    if (quorum_ != answer.quorum || missing_ != answer.missing)
      process_.tell(
          answer.missing.empty()
              ? std::string{"all witnesses sign"}
              : fmt::format(
                    "the witnesses {} do not sign; {}",
                    fmt::join(answer.missing, ", "),
                    answer.quorum ? "the quorum is there without them"
                                  : "no checkpoint is published until there is a quorum"),
          answer.quorum ? Level::info : Level::alarm);
    quorum_ = answer.quorum;
    missing_ = std::move(answer.missing);
  }
  if (answer.quorum) return write_published(checkpoint, answer.note);
  store_.write({{audit::Families::meta, std::string{audit::pending_key}, answer.note}});
  process_.announce("audit");
}

void AuditRole::write_published(const audit::Checkpoint& checkpoint, const std::string& note) {
  store_.write(
      {{audit::Families::checkpoints, fold::ordered(checkpoint.size), note},
       {audit::Families::meta, std::string{audit::pending_key}, note},
       {audit::Families::meta, std::string{audit::published_key}, note}});
  process_.announce("audit");
  const std::lock_guard lock{mutex_};
  published_ = checkpoint.size;
}

std::uint64_t AuditRole::published() const {
  const std::lock_guard lock{mutex_};
  return published_;
}

// ---- What it tells ----

std::string AuditRole::state() const {
  const std::lock_guard lock{mutex_};
  if (refused_) return "signs nothing any more: " + *refused_;
  if (!checked_) return "compares the log with the tree";
  return fmt::format("{} commits are signed", published_);
}

std::string AuditRole::metrics() const {
  const auto folded = runner_.cursor().head.next;
  const std::lock_guard lock{mutex_};
  return fmt::format(
      "# HELP construct_audit_folded_commits Commits in the audit tree.\n"
      "# TYPE construct_audit_folded_commits counter\nconstruct_audit_folded_commits {}\n"
      "# HELP construct_audit_published_commits Commits in the checkpoint that readers are given.\n"
      "# TYPE construct_audit_published_commits counter\nconstruct_audit_published_commits {}\n"
      "# HELP construct_audit_checked Whether the log was found as the tree has it.\n"
      "# TYPE construct_audit_checked gauge\nconstruct_audit_checked {}\n"
      "# HELP construct_audit_witnesses_missing Witnesses that have not signed the newest "
      "checkpoint.\n"
      "# TYPE construct_audit_witnesses_missing gauge\nconstruct_audit_witnesses_missing {}\n"
      "# HELP construct_audit_refused Whether nothing is signed any more, because something does "
      "not fit.\n"
      "# TYPE construct_audit_refused gauge\nconstruct_audit_refused {}\n",
      folded,
      published_,
      checked_ ? 1 : 0,
      missing_.size(),
      refused_ ? 1 : 0);
}

}  // namespace cli
