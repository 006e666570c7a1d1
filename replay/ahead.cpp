#include "replay/ahead.hpp"

#include <algorithm>
#include <limits>

#include "domain/kernel/thread.hpp"

namespace replay {
namespace {

// A block has up to half a megabyte, so this much of them stays near the processor.
constexpr std::uint64_t messages_at_once = 8;
constexpr std::size_t ready_most = 4;
constexpr int turn_ms = 200;  // how long it may take until stopping is noticed

}  // namespace

Ahead::Ahead(fold::Log& log, std::optional<std::uint64_t> end)
    : log_{log}, end_{end}, thread_{[this] { run(); }} {}

Ahead::~Ahead() {
  {
    const std::lock_guard lock{mutex_};
    stopping_ = true;
  }
  changed_.notify_all();
  thread_.join();
}

std::vector<Ahead::Read> Ahead::next(std::chrono::milliseconds patience) {
  std::vector<Read> read;
  {
    std::unique_lock lock{mutex_};
    changed_.wait_for(lock, patience, [&] { return !ready_.empty() || failure_; });
    if (ready_.empty()) {
      if (failure_) std::rethrow_exception(failure_);
      return read;
    }
    read = std::move(ready_.front());
    ready_.pop_front();
  }
  changed_.notify_all();
  return read;
}

void Ahead::run() {
  kernel::name_thread("read ahead");
  std::exception_ptr failure;
  try {
    read();
  } catch (...) {
    failure = std::current_exception();
  }
  const std::lock_guard lock{mutex_};
  failure_ = failure;
  changed_.notify_all();
}

void Ahead::read() {
  const auto reading = log_.subscribe(1);
  const auto end = end_.value_or(std::numeric_limits<std::uint64_t>::max());
  fold::Head head;
  while (head.sequence < end) {
    auto messages = reading->next(std::min(messages_at_once, end - head.sequence), turn_ms);
    std::vector<Read> read;
    read.reserve(messages.size());
    try {
      for (auto& message : messages) this->read(std::move(message), head, read);
    } catch (const std::runtime_error&) {
      hand_over(std::move(read));
      throw;
    }
    if (!hand_over(std::move(read))) return;
  }
}

void Ahead::read(fold::Message message, fold::Head& head, std::vector<Read>& read) {
  fold::BlockView block;
  const bool valid = fold::follow(head, message, block);
  auto& one = read.emplace_back(Read{std::move(message), valid, head, {}});
  if (!valid) return;
  // The views outlive the message's move: a block is longer than what a string holds in itself.
  one.commits.reserve(block.commits.size());
  for (auto number = block.first_commit; const auto bytes : block.commits) {
    fold::CommitView commit;
    fold::read(number++, bytes, commit);
    one.commits.push_back(std::move(commit));
  }
}

// When there is room. False when nobody wants it any more.
bool Ahead::hand_over(std::vector<Read> read) {
  std::unique_lock lock{mutex_};
  changed_.wait(lock, [&] { return stopping_ || ready_.size() < ready_most; });
  if (!read.empty()) ready_.push_back(std::move(read));
  changed_.notify_all();
  return !stopping_;
}

}  // namespace replay
