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
constexpr std::chrono::milliseconds gathering{4};
constexpr std::chrono::milliseconds pause{20};  // while the log does not answer

}  // namespace

// Those that stand at the same place.
struct Following::Group {
  std::vector<Runner*> runners;
  Cursor cursor;
  std::unique_ptr<Subscription> subscription;

  // Reads no further than `end`; tells whether anything came.
  bool read(std::uint64_t end, int patience) {
    const auto most = std::min<std::uint64_t>(messages_per_write, end - cursor.head.sequence);
    const auto messages = subscription->next(most, patience);
    if (messages.empty() || runners.empty()) return false;
    Runner::apply(runners, messages);
    cursor = runners.front()->cursor();
    return true;
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
      thread_{[this, name, pace, failed = std::move(failed)] {
        kernel::name_thread(name);
        if (pace == Pace::background) kernel::yield_to_others();
        work(failed);
        const std::lock_guard lock{mutex_};
        ended_ = true;
        left_.notify_all();
      }} {}

void Following::work(const std::function<void(const std::string&)>& failed) {
  try {
    auto groups = group();
    catch_up(groups);
    follow(groups);
  } catch (const std::exception& error) {
    failed(error.what());
  }
}

Following::~Following() {
  stopping_ = true;
  thread_.join();
}

// By their places, the hindmost first.
std::vector<Following::Group> Following::group() {
  std::vector<Group> groups;
  for (auto* runner : runners_) groups.push_back({{runner}, runner->cursor(), nullptr});
  std::ranges::sort(groups, {}, [](const Group& group) { return group.cursor.head.sequence; });
  merge(groups);
  for (auto& group : groups) check_place(group);
  return groups;
}

// A store may be older than the log, never of another one or ahead: the log was exchanged then, or
// the store was. The block it stands at tells, since a block names all that was before it.
void Following::check_place(Group& group) {
  const auto& head = group.cursor.head;
  const auto first = head.sequence <= strays_most ? 1 : head.sequence - strays_most;
  const auto wrong = [&](std::string_view what) {
    throw std::runtime_error(fmt::format(
        "{} stands at message {} of another log than this one, {}; restore the log it belongs to, "
        "or delete it, and it is made anew",
        group.runners.front()->store_name(),
        head.sequence,
        what));
  };
  std::optional<std::uint64_t> end;
  while (!stopping_ && !(end = log_.end())) std::this_thread::sleep_for(pause);
  if (end && *end < head.sequence) wrong(fmt::format("which has {}", *end));
  group.subscription = log_.subscribe(head.next == 0 ? head.sequence + 1 : first);
  bool found = head.next == 0;
  for (auto at = first - 1; !stopping_ && !found && at < head.sequence;) {
    for (const auto& message : group.subscription->next(head.sequence - at, patience_ms)) {
      at = message.sequence;
      found |= sha256(message.data) == head.hash;
    }
  }
  if (!stopping_ && !found) wrong("which has another block there");
}

void Following::merge(std::vector<Group>& groups) {
  for (auto group = groups.begin(); group + 1 < groups.end();) {
    auto& next = *(group + 1);
    if (group->cursor != next.cursor) {
      ++group;
      continue;
    }
    std::ranges::copy(group->runners, std::back_inserter(next.runners));
    group = groups.erase(group);
  }
}

// In turns. Nobody passes the next, so that they meet.
void Following::catch_up(std::vector<Group>& groups) {
  while (groups.size() > 1 && !stopping_) {
    run_tasks();
    let_go(groups);
    if (groups.size() == 1) return;
    for (auto group = groups.begin(); group + 1 != groups.end(); ++group)
      group->read((group + 1)->cursor.head.sequence, turn_ms);
    groups.back().read(std::numeric_limits<std::uint64_t>::max(), 0);
    merge(groups);
  }
}

void Following::run(std::function<void()> task) {
  const std::lock_guard lock{mutex_};
  tasks_.push_back(std::move(task));
}

void Following::leave(const Runner& runner) {
  std::unique_lock lock{mutex_};
  leaving_.push_back(&runner);
  left_.wait(lock, [&] { return ended_ || leaving_.empty(); });
}

// A group may be empty afterwards, but one stays.
void Following::let_go(std::vector<Group>& groups) {
  const std::lock_guard lock{mutex_};
  if (leaving_.empty()) return;
  for (const auto* runner : leaving_)
    for (auto& group : groups) std::erase(group.runners, runner);
  for (auto group = groups.begin(); groups.size() > 1 && group != groups.end();)
    group = group->runners.empty() ? groups.erase(group) : group + 1;
  leaving_.clear();
  left_.notify_all();
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
// come one upon the other they are left to gather.
void Following::follow(std::vector<Group>& groups) {
  bool more = false;
  while (!stopping_) {
    run_tasks();
    let_go(groups);
    if (more) std::this_thread::sleep_for(gathering);
    more = groups.back().read(std::numeric_limits<std::uint64_t>::max(), patience_ms);
  }
}

}  // namespace fold
