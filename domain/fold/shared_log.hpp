// One reading of the log for all that follow it in a process.
//
// A reader costs the server about as much as a fold costs its process. So whoever has come to where
// the others are takes each message from what one of them has read: the one that waits for the next
// message waits for all. One that is behind, because it is new or was busy for long, reads by
// itself until it is there.
//
// Concurrency: any thread; each subscription belongs to one, and ends before the log.
#pragma once

#include <condition_variable>
#include <deque>
#include <mutex>

#include "domain/fold/log.hpp"

namespace fold {

class SharedLog final : public Log {
 public:
  // As many bytes of messages are kept for those that have not taken them yet.
  static constexpr std::size_t kept_bytes = 16u << 20;

  explicit SharedLog(Log& log, std::size_t kept = kept_bytes) : log_{log}, kept_most_{kept} {}

  std::unique_ptr<Subscription> subscribe(std::uint64_t from_sequence) override;
  std::optional<std::uint64_t> end() override { return log_.end(); }

 private:
  class Reader;

  // Whether the reader that comes to `next` shares from here on; `own` is given up then.
  bool join(std::uint64_t next, std::unique_ptr<Subscription>& own);
  void leave();
  // The messages from `next` on; nothing when some of them are not kept any more.
  std::optional<std::vector<Message>> take(std::uint64_t next, std::size_t most, int patience_ms);
  void read(std::unique_lock<std::mutex>& lock, std::chrono::milliseconds patience);

  Log& log_;
  const std::size_t kept_most_;
  std::mutex mutex_;  // guards what follows; but reading_ is of the one that waits
  std::condition_variable changed_;
  std::unique_ptr<Subscription> reading_;
  bool waiting_ = false;     // somebody waits for the next message
  std::size_t readers_ = 0;  // who share
  std::deque<Message> kept_;
  std::size_t bytes_ = 0;  // of them
  // All that the stream has from one sequence on, up to the other.
  std::uint64_t from_ = 0, until_ = 0;
};

}  // namespace fold
