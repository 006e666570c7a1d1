#include "domain/fold/following.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <exception>
#include <limits>
#include <utility>

#include "domain/kernel/thread.hpp"

namespace fold {
namespace {

// Enough messages in one write to make catching up cheap, few enough to bound its memory.
constexpr std::size_t messages_per_write = 64;
constexpr int patience_ms = 200;  // how long it may take until stopping is noticed
// How many messages in a row may be no blocks of the log before a store's place is not found.
constexpr std::uint64_t strays_most = 100;
constexpr int turn_ms = 5;  // how long one that lags may keep the others waiting
constexpr std::chrono::milliseconds gathering{4}, gathering_unhurried{100};
constexpr std::chrono::milliseconds pause{20};  // while the log does not answer
// A server that has just begun to lead the others may not have caught up with itself yet.
constexpr std::chrono::seconds catching_up{1};

}  // namespace

// Those that stand at the same place.
struct Following::Group {
  std::vector<Runner*> runners;
  Cursor cursor;
  std::unique_ptr<Subscription> subscription;

  // Reads no further than `end`; tells how many messages came.
  std::size_t read(std::uint64_t end, int patience) {
    const auto most = std::min<std::uint64_t>(messages_per_write, end - cursor.head.sequence);
    const auto messages = subscription->next(most, patience);
    if (messages.empty() || runners.empty()) return 0;
    Runner::apply(runners, messages);
    cursor = runners.front()->cursor();
    return messages.size();
  }
};

Following::Following(
    const std::string& name,
    Log& log,
    std::vector<Runner*> runners,
    std::function<void(const std::string&)> failed,
    Pace pace)
    : log_{log},
      runners_{std::move(runners)},
      pace_{pace},
      thread_{[this, name, failed = std::move(failed)] {
        kernel::name_thread(name);
        if (pace_ == Pace::background) kernel::yield_to_others();
        work(failed);
        const std::lock_guard lock{mutex_};
        ended_ = true;
        tasks_.clear();
      }} {}

void Following::work(const std::function<void(const std::string&)>& failed) {
  try {
    group();
    catch_up();
    follow();
  } catch (const std::exception& error) {
    failed(error.what());
  }
}

Following::~Following() {
  stopping_ = true;
  thread_.join();
}

// By their places.
void Following::group() {
  for (auto* runner : runners_) groups_.push_back({{runner}, runner->cursor(), nullptr});
  std::ranges::sort(groups_, {}, [](const Group& group) { return group.cursor.head.sequence; });
  merge();
  const auto foremost = groups_.back().cursor.head.sequence;
  const auto until = std::chrono::steady_clock::now() + catching_up;
  std::optional<std::uint64_t> end;
  while (!stopping_) {
    end = log_.end();
    if (end && (*end >= foremost || std::chrono::steady_clock::now() >= until)) break;
    std::this_thread::sleep_for(pause);
  }
  for (auto& group : groups_)
    if (!stopping_) check_place(group, *end);
}

// A store may be older than the log, never of another one or ahead: the log was exchanged then, or
// the store was. The block it stands at tells, since a block names all that was before it.
void Following::check_place(Group& group, std::uint64_t end) {
  const auto& head = group.cursor.head;
  const auto wrong = [&](std::string_view what) {
    throw std::runtime_error(fmt::format(
        "{} stands at message {} of another log than this one, {}; restore the log it belongs to, "
        "or delete it, and it is made anew",
        group.runners.front()->store_name(),
        head.sequence,
        what));
  };
  if (end < head.sequence) wrong(fmt::format("which has {}", end));
  if (head.next == 0) {
    group.subscription = log_.subscribe(head.sequence + 1);
    return;
  }
  // Nearly always it is the very message; otherwise there were strays behind it.
  const auto first = head.sequence <= strays_most ? 1 : head.sequence - strays_most;
  if (!stands_at(group, head.sequence) && !stands_at(group, first) && !stopping_)
    wrong("which has another block there");
}

// Whether the group's block is among the messages from there to its place; it is subscribed then.
bool Following::stands_at(Group& group, std::uint64_t from) {
  const auto& head = group.cursor.head;
  group.subscription = log_.subscribe(from);
  for (auto at = from - 1; !stopping_ && at < head.sequence;)
    for (const auto& message : group.subscription->next(head.sequence - at, patience_ms)) {
      at = message.sequence;
      if (sha256(message.data) == head.hash) return true;
    }
  return false;
}

void Following::merge() {
  for (auto group = groups_.begin(); group + 1 < groups_.end();) {
    auto& next = *(group + 1);
    if (group->cursor != next.cursor) {
      ++group;
      continue;
    }
    std::ranges::copy(group->runners, std::back_inserter(next.runners));
    group = groups_.erase(group);
  }
}

// In turns. Nobody passes the next, so that they meet.
void Following::catch_up() {
  while (groups_.size() > 1 && !stopping_) {
    run_tasks();
    for (auto group = groups_.begin(); group + 1 != groups_.end(); ++group)
      group->read((group + 1)->cursor.head.sequence, turn_ms);
    groups_.back().read(std::numeric_limits<std::uint64_t>::max(), 0);
    merge();
  }
}

void Following::post(std::function<void()> task) {
  const std::lock_guard lock{mutex_};
  if (!ended_) tasks_.push_back(std::move(task));
}

// A group may be empty afterwards, but one stays.
void Following::leave(const Runner& runner) {
  run([&] {
    for (auto& group : groups_) std::erase(group.runners, &runner);
    for (auto group = groups_.begin(); groups_.size() > 1 && group != groups_.end();)
      group = group->runners.empty() ? groups_.erase(group) : group + 1;
  }).wait();
}

void Following::run_tasks() {
  std::vector<std::function<void()>> tasks;
  {
    const std::lock_guard lock{mutex_};
    tasks.swap(tasks_);
  }
  for (const auto& task : tasks) task();
}

// Every write costs the same, however much is in it, and so does every waking up: while messages
// come one upon the other they are left to gather, unless more wait than one write takes.
void Following::follow() {
  const auto company = pace_ == Pace::unhurried ? gathering_unhurried : gathering;
  std::size_t more = 0;
  while (!stopping_) {
    run_tasks();
    for (const auto* runner : groups_.back().runners) runner->check_sound();
    if (more > 0 && more < messages_per_write) std::this_thread::sleep_for(company);
    more = groups_.back().read(std::numeric_limits<std::uint64_t>::max(), patience_ms);
  }
}

}  // namespace fold
