// A thread that runs what is posted to it, in order, in groups.
#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "domain/kernel/thread.hpp"

namespace engine {

class Worker {
 public:
  using Task = std::function<void()>;

  // `after_group` follows every group of tasks and says how long to wait for the next; it comes by
  // itself when that is over. What a task throws goes to `failed` and ends the thread.
  Worker(
      std::string name,
      std::function<std::chrono::microseconds()> after_group,
      std::function<void(const std::exception&)> failed)
      : name_{std::move(name)}, after_group_{std::move(after_group)}, failed_{std::move(failed)} {}
  ~Worker() { stop(); }
  Worker(const Worker&) = delete;
  Worker& operator=(const Worker&) = delete;

  // What was posted before runs now.
  void start() {
    thread_ = std::thread{[this] { run(); }};
  }

  void post(Task task) {
    bool first = false;
    {
      const std::lock_guard lock{mutex_};
      first = tasks_.empty();
      tasks_.push_back(std::move(task));
    }
    if (first) wake_.notify_one();
  }

  // Runs what was posted before, then ends.
  void stop() {
    {
      const std::lock_guard lock{mutex_};
      stopping_ = true;
    }
    wake_.notify_one();
    if (thread_.joinable()) thread_.join();
  }

 private:
  void run() {
    kernel::name_thread(name_);
    try {
      std::vector<Task> group;
      while (take(group)) {
        for (auto& task : group) task();
        group.clear();
        wait_ = after_group_();
      }
    } catch (const std::exception& error) {
      failed_(error);
    }
  }

  bool take(std::vector<Task>& group) {
    std::unique_lock lock{mutex_};
    wake_.wait_for(lock, wait_, [&] { return stopping_ || !tasks_.empty(); });
    group.swap(tasks_);
    return !group.empty() || !stopping_;
  }

  std::string name_;
  std::function<std::chrono::microseconds()> after_group_;
  std::chrono::microseconds wait_{};  // of the thread itself
  std::function<void(const std::exception&)> failed_;
  std::mutex mutex_;  // guards what follows
  std::condition_variable wake_;
  std::vector<Task> tasks_;
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace engine
