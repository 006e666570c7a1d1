#include "domain/fold/following.hpp"

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
constexpr int turn_ms = 5;        // how long one that lags may keep the others waiting
constexpr std::chrono::milliseconds gathering{4};

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
    if (messages.empty()) return false;
    Runner::apply(runners, messages);
    cursor = runners.front()->cursor();
    return true;
  }
};

Following::Following(
    const std::string& name,
    Log& log,
    std::vector<Runner*> runners,
    std::function<void(const std::string&)> failed)
    : log_{log}, runners_{std::move(runners)}, thread_{[this, name, failed = std::move(failed)] {
        kernel::name_thread(name);
        try {
          auto groups = group();
          catch_up(groups);
          follow(groups.back());
        } catch (const std::exception& error) {
          failed(error.what());
        }
      }} {}

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
  for (auto& group : groups) group.subscription = log_.subscribe(group.cursor.head.sequence + 1);
  return groups;
}

void Following::merge(std::vector<Group>& groups) {
  for (auto group = groups.begin(); group + 1 < groups.end();) {
    auto& next = *(group + 1);
    if (group->cursor.head.sequence != next.cursor.head.sequence) {
      ++group;
      continue;
    }
    if (group->cursor != next.cursor)
      throw std::runtime_error(
          "two stores stand at the same place of different logs; delete those that are not of this "
          "log, they are made anew");
    std::ranges::copy(group->runners, std::back_inserter(next.runners));
    group = groups.erase(group);
  }
}

// In turns. Nobody passes the next, so that they meet.
void Following::catch_up(std::vector<Group>& groups) {
  while (groups.size() > 1 && !stopping_) {
    for (auto group = groups.begin(); group + 1 != groups.end(); ++group)
      group->read((group + 1)->cursor.head.sequence, turn_ms);
    groups.back().read(std::numeric_limits<std::uint64_t>::max(), 0);
    merge(groups);
  }
}

// Every write costs the same, however much is in it, and so does every waking up: while messages
// come one upon the other they are left to gather.
void Following::follow(Group& group) {
  bool more = false;
  while (!stopping_) {
    if (more) std::this_thread::sleep_for(gathering);
    more = group.read(std::numeric_limits<std::uint64_t>::max(), patience_ms);
  }
}

}  // namespace fold
