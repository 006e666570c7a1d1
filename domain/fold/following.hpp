// A thread that follows the log for the folds of a process.
//
// Reading the log costs a subscription at the server, a digest of each block and the decoding of
// each commit; folds that stand at the same place share all of it. One that lags behind, because it
// is new or its store was lost, reads on its own until it has caught up, while the others go on.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "domain/fold/fold.hpp"

namespace fold {

class Following {
 public:
  // One in the background yields to whatever else the machine has to do.
  enum class Pace : std::uint8_t { live, background };

  // `failed` hears why it cannot go on, as a sentence, and that it has ended. The runners are this
  // thread's until it is destroyed, which may take 200 ms.
  Following(
      const std::string& name,
      Log& log,
      std::vector<Runner*> runners,
      std::function<void(const std::string& why)> failed,
      Pace pace = Pace::live);
  ~Following();
  // Runs it on the thread, between messages; soon, or never once this is being destroyed. What it
  // throws ends the thread as if a fold had. Any thread.
  void run(std::function<void()> task);
  // Returns when the runner is no longer this thread's. Any thread but this one.
  void leave(const fold::Runner& runner);
  Following(const Following&) = delete;
  Following& operator=(const Following&) = delete;

 private:
  struct Group;

  void work(const std::function<void(const std::string& why)>& failed);
  std::vector<Group> group();
  void check_place(Group& group);
  static void merge(std::vector<Group>& groups);
  void catch_up(std::vector<Group>& groups);
  void follow(std::vector<Group>& groups);
  void run_tasks();
  void let_go(std::vector<Group>& groups);

  Log& log_;
  std::vector<Runner*> runners_;
  std::atomic<bool> stopping_{false};
  std::mutex mutex_;  // guards what follows
  std::vector<std::function<void()>> tasks_;
  std::vector<const Runner*> leaving_;
  bool ended_ = false;
  std::condition_variable left_;
  std::thread thread_;
};

}  // namespace fold
