#include "domain/fold/shared_log.hpp"

#include <algorithm>
#include <iterator>

namespace fold {
namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

constexpr std::size_t messages_at_once = 16;

}  // namespace

class SharedLog::Reader final : public Subscription {
 public:
  Reader(SharedLog& log, std::uint64_t from) : log_{log}, next_{from} {}
  ~Reader() override {
    if (shares_) log_.leave();
  }

  std::vector<Message> next(std::size_t most, int patience_ms) override {
    auto messages = read(most, patience_ms);
    if (!messages.empty()) next_ = messages.back().sequence + 1;
    if (!shares_) shares_ = log_.join(next_, own_);
    return messages;
  }

 private:
  std::vector<Message> read(std::size_t most, int patience_ms) {
    if (shares_) {
      if (auto messages = log_.take(next_, most, patience_ms)) return std::move(*messages);
      log_.leave();
      shares_ = false;
    }
    if (!own_) own_ = log_.log_.subscribe(next_);
    return own_->next(most, patience_ms);
  }

  SharedLog& log_;
  std::uint64_t next_;
  std::unique_ptr<Subscription> own_;  // while it does not share
  bool shares_ = false;
};

std::unique_ptr<Subscription> SharedLog::subscribe(std::uint64_t from_sequence) {
  return std::make_unique<Reader>(*this, from_sequence);
}

// One that is ahead of those who share goes on alone: they come to it.
bool SharedLog::join(std::uint64_t next, std::unique_ptr<Subscription>& own) {
  {
    const std::lock_guard lock{mutex_};
    if (readers_ == 0) {
      reading_ = std::move(own);
      from_ = until_ = next;
    } else if (next < from_ || next > until_) {
      return false;
    }
    ++readers_;
  }
  own.reset();
  return true;
}

void SharedLog::leave() {
  const std::lock_guard lock{mutex_};
  if (--readers_ > 0) return;
  reading_.reset();
  kept_.clear();
  bytes_ = 0;
}

std::optional<std::vector<Message>> SharedLog::take(
    std::uint64_t next, std::size_t most, int patience_ms) {
  const auto patience_ends = Clock::now() + milliseconds{patience_ms};
  std::unique_lock lock{mutex_};
  for (bool looked = false; next >= until_;) {
    if (waiting_) {
      if (!changed_.wait_until(lock, patience_ends, [&] { return !waiting_ || next < until_; }))
        return std::vector<Message>{};
      continue;
    }
    const auto left = std::chrono::ceil<milliseconds>(patience_ends - Clock::now());
    if (looked && left.count() <= 0) return std::vector<Message>{};
    read(lock, std::max(left, milliseconds{0}));
    looked = true;
  }
  if (next < from_) return std::nullopt;
  const auto first = std::ranges::lower_bound(kept_, next, {}, &Message::sequence);
  const auto there = std::min<std::size_t>(most, kept_.end() - first);
  const auto last = first + static_cast<std::ptrdiff_t>(there);
  if (readers_ > 1 || there == 0) return std::vector<Message>{first, last};
  std::vector<Message> messages{std::move_iterator{first}, std::move_iterator{last}};
  from_ = messages.back().sequence + 1;
  kept_.erase(kept_.begin(), last);  // Nobody else wants them.
  bytes_ = 0;
  for (const auto& message : kept_) bytes_ += message.data.size();
  return messages;
}

// For all: whoever waits as well is woken, by messages or to wait in its place.
void SharedLog::read(std::unique_lock<std::mutex>& lock, milliseconds patience) {
  struct Waiting {
    explicit Waiting(SharedLog& of, std::unique_lock<std::mutex>& held) : log{of}, lock{held} {
      log.waiting_ = true;
      lock.unlock();
    }
    ~Waiting() {
      lock.lock();
      log.waiting_ = false;
      log.changed_.notify_all();
    }
    SharedLog& log;
    std::unique_lock<std::mutex>& lock;
  };
  std::vector<Message> messages;
  {
    const Waiting waiting{*this, lock};
    messages = reading_->next(messages_at_once, static_cast<int>(patience.count()));
  }
  for (auto& message : messages) {
    if (message.sequence < until_) continue;  // Delivered again.
    until_ = message.sequence + 1;
    bytes_ += message.data.size();
    kept_.push_back(std::move(message));
  }
  for (; bytes_ > kept_most_; kept_.pop_front()) {
    bytes_ -= kept_.front().data.size();
    from_ = kept_.front().sequence + 1;
  }
}

}  // namespace fold
