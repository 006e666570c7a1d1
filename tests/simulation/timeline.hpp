// Simulated time: it stands still while something happens and leaps to whatever is due next.
#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <utility>

namespace simulation {

class Timeline {
 public:
  using Task = std::function<void()>;

  std::chrono::microseconds now() const { return now_; }

  // What is due at the same instant runs in the order in which it was asked for.
  void after(std::chrono::microseconds delay, Task task) {
    due_.emplace(now_ + delay, std::move(task));
  }

  void run_until(std::chrono::microseconds end) {
    while (!due_.empty() && due_.begin()->first <= end) {
      auto next = due_.extract(due_.begin());
      now_ = next.key();
      next.mapped()();
    }
    now_ = end;
  }

 private:
  std::chrono::microseconds now_{};
  std::multimap<std::chrono::microseconds, Task> due_;
};

}  // namespace simulation
