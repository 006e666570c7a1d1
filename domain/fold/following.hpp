// A thread that follows the log for the folds of a process.
//
// Reading the log costs a subscription at the server, a digest of each block and the decoding of
// each commit; folds that stand at the same place share all of it. One that lags behind, because it
// is new or its store was lost, reads on its own until it has caught up, while the others go on.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <future>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <type_traits>
#include <utility>
#include <vector>

#include "domain/fold/fold.hpp"

namespace fold {

class Following {
 public:
  // Unhurried: nobody waits for what it folds, so it leaves messages to gather for 100 ms and
  // writes seldom. One in the background yields to whatever else the machine has to do.
  enum class Pace : std::uint8_t { live, unhurried, background };

  // `failed` hears why it cannot go on, as a sentence, and that it has ended. The runners are this
  // thread's until it is destroyed, which may take 200 ms.
  Following(
      const std::string& name,
      Log& log,
      std::vector<Runner*> runners,
      std::function<void(const std::string& why)> failed,
      Pace pace = Pace::live);
  ~Following();
  // Runs it on the thread, between messages; soon, or never when the thread has ended or is ending:
  // then the future's promise is broken. What it throws ends the thread as if a fold had. Any
  // thread.
  template <class Task>
  std::future<std::invoke_result_t<Task&>> run(Task task) {
    auto promise = std::make_shared<std::promise<std::invoke_result_t<Task&>>>();
    auto done = promise->get_future();
    post([promise = std::move(promise), task = std::move(task)]() mutable {
      if constexpr (std::is_void_v<std::invoke_result_t<Task&>>) {
        task();
        promise->set_value();
      } else {
        promise->set_value(task());
      }
    });
    return done;
  }
  // Returns when the runner is no longer this thread's. Any thread but this one.
  void leave(const fold::Runner& runner);
  Following(const Following&) = delete;
  Following& operator=(const Following&) = delete;

 private:
  struct Group;

  void work(const std::function<void(const std::string& why)>& failed);
  void group();
  void check_place(Group& group, std::uint64_t end);
  bool stands_at(Group& group, std::uint64_t from);
  void merge();
  void catch_up();
  void follow();
  void post(std::function<void()> task);
  void run_tasks();

  Log& log_;
  std::vector<Runner*> runners_;
  const Pace pace_;
  std::vector<Group> groups_;  // the thread's; the hindmost first
  std::atomic<bool> stopping_{false};
  std::mutex mutex_;  // guards what follows
  std::vector<std::function<void()>> tasks_;
  bool ended_ = false;
  std::thread thread_;
};

}  // namespace fold
