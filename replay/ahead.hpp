// Reads the log on a thread of its own, a little ahead of whoever takes what it read: to fetch the
// blocks, check their chain and find their commits costs about as much as what is done with the
// facts.
//
// Concurrency: one thread, besides its own.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <exception>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

#include "domain/fold/block_view.hpp"
#include "domain/fold/log.hpp"

namespace replay {

class Ahead {
 public:
  // A message of the log.
  struct Read {
    fold::Message message;
    bool valid = false;                     // it is the next block of the chain
    fold::Head head;                        // behind it
    std::vector<fold::CommitView> commits;  // of the message
  };

  // From the log's beginning through message `end`, or for as long as it is there. `log` outlives
  // it.
  Ahead(fold::Log& log, std::optional<std::uint64_t> end);
  ~Ahead();
  Ahead(const Ahead&) = delete;
  Ahead& operator=(const Ahead&) = delete;

  // The next messages, in order; none when none came for so long. Throws what reading them threw:
  // fold::NewerBuildNeeded, schemas::Corrupt or std::runtime_error; commits before those that
  // cannot be read are told first.
  std::vector<Read> next(std::chrono::milliseconds patience);

 private:
  void run();
  void read();
  void read(fold::Message message, fold::Head& head, std::vector<Read>& read);
  bool hand_over(std::vector<Read> read);

  fold::Log& log_;
  const std::optional<std::uint64_t> end_;
  std::mutex mutex_;  // guards what follows
  std::condition_variable changed_;
  std::deque<std::vector<Read>> ready_;
  std::exception_ptr failure_;  // behind what is ready
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace replay
