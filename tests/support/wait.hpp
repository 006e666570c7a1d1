// Waiting for a condition, never for a time.
#pragma once

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <optional>
#include <stdexcept>
#include <thread>
#include <utility>

namespace support {

inline constexpr std::chrono::seconds patience{30};

// A value that another thread will give.
template <class T>
class Awaited {
 public:
  void give(T value) {
    {
      const std::lock_guard lock{mutex_};
      value_ = std::move(value);
    }
    given_.notify_all();
  }
  T take() {
    std::unique_lock lock{mutex_};
    if (!given_.wait_for(lock, patience, [&] { return value_.has_value(); }))
      throw std::runtime_error("nothing came");
    return *std::exchange(value_, std::nullopt);
  }

 private:
  std::mutex mutex_;
  std::condition_variable given_;
  std::optional<T> value_;
};

// Asks again and again until the answer is yes; for what cannot call back.
template <class Condition>
bool eventually(Condition&& condition) {
  const auto until = std::chrono::steady_clock::now() + patience;
  while (!condition()) {
    if (std::chrono::steady_clock::now() >= until) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds{2});
  }
  return true;
}

}  // namespace support
