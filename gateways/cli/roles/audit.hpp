// The role that keeps the audit tree and signs checkpoints of it.
//
// When it starts it reads the log from its beginning and compares it with the tree; then it follows
// the log. Every so often, when the tree has grown, the new part is worked out anew from what the
// store gives back, and the checkpoint is signed, written to a file that only grows, and published:
// in this order, so that nothing is ever signed that contradicts what was signed before. Where a
// policy names witnesses, it is published when enough of them have cosigned it; until then it is
// `pending`, and readers are given the one before. When anything does not fit it signs nothing
// more, says why, and goes on serving what it has published.
//
// Concurrency: the tree is folded on one thread and signed on another.
#pragma once

#include <atomic>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "domain/fold/following.hpp"
#include "gateways/cli/audit/signed_log.hpp"
#include "gateways/cli/audit/witnesses.hpp"
#include "gateways/cli/control.hpp"
#include "gateways/cli/roles/process.hpp"
#include "projections/audit/fold.hpp"
#include "projections/audit/note.hpp"
#include "projections/audit/trail.hpp"

namespace cli {

class AuditRole {
 public:
  explicit AuditRole(Process& process);
  ~AuditRole();
  AuditRole(const AuditRole&) = delete;
  AuditRole& operator=(const AuditRole&) = delete;

 private:
  void work();
  void check_log();
  void read_log(fold::Runner& reading, std::uint64_t through);
  void begin_signing();
  void sign_what_is_new();
  void publish(const audit::Checkpoint& checkpoint, const std::string& note);
  void ask_witnesses(const audit::Checkpoint& checkpoint, const std::string& note);
  void write_published(const audit::Checkpoint& checkpoint, const std::string& note);
  void remember_signed();
  std::uint64_t published() const;
  void refuse(const std::string& why);
  bool stopped(std::chrono::milliseconds time);
  std::string state() const;
  std::string metrics() const;

  Process& process_;
  rocks::Database store_;
  audit::TreeFold tree_;
  fold::Runner runner_;
  rocks::Database trail_store_;
  audit::TrailFold trail_;
  fold::Runner trail_runner_;
  std::optional<audit::Key> key_;                // the signing thread's
  std::optional<Witnesses> witnesses_;           // likewise
  std::optional<SignedLog> signed_;              // likewise
  std::chrono::steady_clock::time_point moved_;  // likewise: when the tree last grew
  std::uint64_t seen_ = 0;                       // likewise: how large it was then

  mutable std::mutex mutex_;  // guards what follows
  std::condition_variable wake_;
  bool stopping_ = false;
  std::vector<std::string> missing_;    // witnesses that have not signed what was last asked for
  bool quorum_ = true;                  // enough of them have
  std::optional<std::string> refused_;  // why nothing is signed any more
  bool checked_ = false;                // the log, against the tree
  std::uint64_t published_ = 0;         // commits in the last checkpoint

  std::optional<fold::Following> following_;
  std::unique_ptr<http::Vitals::Saying> saying_;
  std::unique_ptr<nats::Connection::Listening> reporting_;
  std::thread thread_;  // last: it uses all of the above
};

}  // namespace cli
