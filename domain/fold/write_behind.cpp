#include "domain/fold/write_behind.hpp"

#include <utility>

#include "domain/kernel/thread.hpp"

namespace fold {

WriteBehind::WriteBehind(Store& store) : store_{store} {}

WriteBehind::~WriteBehind() { end_thread(); }

void WriteBehind::end_thread() {
  if (!thread_.joinable()) return;
  {
    const std::lock_guard lock{mutex_};
    ending_ = true;
  }
  changed_.notify_all();
  thread_.join();
}

void WriteBehind::run() {
  kernel::name_thread("write behind");
  std::unique_lock lock{mutex_};
  for (;;) {
    changed_.wait(lock, [&] { return under_way_ || ending_; });
    if (!under_way_) return;
    lock.unlock();
    std::exception_ptr failure;
    try {
      store_.write(batch_);
    } catch (...) {
      failure = std::current_exception();
    }
    lock.lock();
    failure_ = failure;
    under_way_ = false;
    changed_.notify_all();
  }
}

void WriteBehind::wait() const {
  std::unique_lock lock{mutex_};
  changed_.wait(lock, [&] { return !under_way_; });
  if (failure_) std::rethrow_exception(failure_);
}

void WriteBehind::take(Batch&& batch) {
  wait();
  if (keeps_up_) return store_.take(std::move(batch));
  if (!thread_.joinable()) thread_ = std::thread{[this] { run(); }};
  index_.clear();
  batch_ = std::move(batch);
  {
    const std::lock_guard lock{mutex_};
    under_way_ = true;
  }
  changed_.notify_all();
}

void WriteBehind::keep_up() {
  wait();
  end_thread();
  keeps_up_ = true;
}

const WriteBehind::Keys& WriteBehind::keys_of(Family family) const {
  const auto [at, fresh] = index_.try_emplace(family);
  if (fresh)
    for (const auto& change : batch_)
      if (change.family == family) at->second[change.key] = &change;
  return at->second;
}

std::optional<std::string> WriteBehind::get(Family family, std::string_view key) const {
  {
    const std::lock_guard lock{mutex_};
    if (failure_) std::rethrow_exception(failure_);
    if (!under_way_) return store_.get(family, key);
  }
  const auto& keys = keys_of(family);
  const auto found = keys.find(key);
  return found == keys.end() ? store_.get(family, key) : found->second->value;
}

std::vector<std::optional<std::string>> WriteBehind::get(
    Family family, const std::vector<std::string>& keys) const {
  std::vector<std::optional<std::string>> values;
  values.reserve(keys.size());
  for (const auto& key : keys) values.push_back(get(family, key));
  return values;
}

void WriteBehind::scan(
    Family family, std::string_view prefix, std::string_view from, const Visit& visit) const {
  wait();
  store_.scan(family, prefix, from, visit);
}

void WriteBehind::scan_back(
    Family family, std::string_view prefix, std::string_view before, const Visit& visit) const {
  wait();
  store_.scan_back(family, prefix, before, visit);
}

}  // namespace fold
