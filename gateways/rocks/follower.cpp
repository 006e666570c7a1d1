#include "gateways/rocks/follower.hpp"

#include <algorithm>
#include <fstream>
#include <stdexcept>

#include "domain/fold/fold.hpp"
#include "domain/kernel/thread.hpp"

namespace rocks {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

// Catching up replays what the owner wrote since, which under load costs a tenth of what deciding
// it did. So when nobody reads it is done seldom, and what the owner has moved out of its
// write-ahead log by then is never replayed; often enough still that files which the owner has
// exchanged for others do not take up the disk for long.
constexpr milliseconds seldom{60'000};
constexpr milliseconds between_turns{4};
// The owner's word may be lost with a connection.
constexpr milliseconds without_word{1'000};
constexpr int attempts_most = 5;  // to read while the files stay as they are
constexpr milliseconds reopening_most{2'000};

// The first commit that is not in the store.
kernel::CommitNumber next_in(const Database& store) {
  const auto cursor = fold::read_cursor(store);
  return cursor ? cursor->head.next : 0;
}

}  // namespace

Follower::Follower(
    std::filesystem::path folder, std::filesystem::path own, std::vector<std::string> families)
    : folder_{std::move(folder)},
      own_{std::move(own)},
      families_{std::move(families)},
      thread_{[this] { run(); }} {}

Follower::Follower(const Database& store)
    : local_{&store}, folder_{"local"}, thread_{[this] { run(); }} {}

Follower::~Follower() {
  {
    const std::lock_guard lock{mutex_};
    stopping_ = true;
  }
  wake_.notify_all();
  thread_.join();
  for (auto& [wanted, waiter] : waiters_) waiter.then(false);
}

void Follower::nudge() {
  const std::lock_guard lock{mutex_};
  nudged_ = true;
  if (awaited()) wake_.notify_one();
}

void Follower::read(const std::function<void(const fold::Reads&)>& use) {
  if (local_) return use(*local_);
  // The first reader after a pause catches up itself, so that it sees what the owner has told of.
  if (!read_lately_.exchange(true) && nudged_.exchange(false)) catch_up();
  std::shared_lock lock{moment_};
  reopened_.wait_for(lock, reopening_most, [&] { return !reopening_; });
  if (!database_) throw std::runtime_error("the store " + folder_.string() + " is not there yet");
  if (next_ < seen_)
    throw std::runtime_error("the store " + folder_.string() + " is being made again");
  use(*database_);
}

void Follower::when(
    kernel::CommitNumber wanted, milliseconds patience, std::function<void(bool)> then) {
  {
    const std::lock_guard lock{mutex_};
    if (next_ <= wanted) {
      waiters_.emplace(wanted, Waiter{steady_clock::now() + patience, std::move(then)});
      nudged_ = true;
      wake_.notify_one();
      return;
    }
  }
  then(true);
}

bool Follower::catch_up() {
  const std::lock_guard turn{turn_};
  try {
    if (local_)
      next_ = next_in(*local_);
    else
      follow_files();
    end_reopening();
    return true;
  } catch (const std::runtime_error&) {
    end_reopening();
    return false;  // Its owner has not made it yet, or is at work on its files; the next turn sees
                   // it.
  }
}

// Which table files the store has, as far as it matters here: any change of them appends to the
// manifest, and an owner that opens the store begins a new one.
std::string Follower::files(const std::filesystem::path& folder) {
  std::ifstream current{folder / "CURRENT"};
  std::string manifest;
  if (!std::getline(current, manifest))
    throw std::runtime_error("the store " + folder.string() + " is not there yet");
  return manifest + ' ' + std::to_string(std::filesystem::file_size(folder / manifest));
}

// Whatever the owner moved out of its write-ahead log before it was replayed here is in table files
// only, and a secondary that catches up would go on to find the older rows that it has in memory
// before them, under a newer position. So it is opened afresh whenever the files have changed.
// That takes time, in which what was there before is read.
void Follower::follow_files() {
  for (int attempt = 0; attempt < attempts_most; ++attempt) {
    const auto folder = std::filesystem::canonical(folder_);
    auto there = files(folder);
    if (database_ && folder == opened_ && there == files_) {
      if (catch_up_in_place()) return;
      continue;
    }
    auto fresh = std::make_unique<Database>(Database::As::secondary, folder, families_, own_);
    const auto next = next_in(*fresh);
    if (files(folder) != there) continue;
    const std::unique_lock lock{moment_};
    database_.swap(fresh);
    if (folder != opened_) seen_ = 0;
    opened_ = folder;
    files_ = std::move(there);
    moved_to(next);
    return;
  }
  throw std::runtime_error("the store " + folder_.string() + " changes too fast to be followed");
}

// False when the files have changed meanwhile: then what it shows may be neither old nor new.
bool Follower::catch_up_in_place() {
  const std::unique_lock lock{moment_};
  database_->catch_up();
  if (files(opened_) != files_) {
    database_.reset();
    reopening_ = true;
    return false;
  }
  moved_to(next_in(*database_));
  return true;
}

// In its turn, in which nobody else writes it.
void Follower::end_reopening() {
  if (!reopening_) return;
  {
    const std::lock_guard lock{moment_};
    reopening_ = false;
  }
  reopened_.notify_all();
}

void Follower::moved_to(kernel::CommitNumber next) {
  next_ = next;
  seen_ = std::max(seen_, next);
}

// Somebody read since the last turn, or waits for what comes next.
bool Follower::awaited() const { return read_lately_ || !waiters_.empty(); }

steady_clock::time_point Follower::next_turn(bool done) const {
  auto turn = steady_clock::now() + (awaited() || !done ? without_word : seldom);
  for (const auto& [wanted, waiter] : waiters_) turn = std::min(turn, waiter.until);
  return turn;
}

void Follower::run() {
  kernel::name_thread("follow " + folder_.filename().string());
  std::unique_lock lock{mutex_};
  while (!stopping_) {
    nudged_ = false;
    read_lately_ = false;
    lock.unlock();
    const bool done = catch_up();
    release();
    lock.lock();
    if (!done) nudged_ = true;
    // One turn serves all that were told of meanwhile.
    wake_.wait_for(lock, between_turns, [&] { return stopping_; });
    wake_.wait_until(lock, next_turn(done), [&] { return stopping_ || (nudged_ && awaited()); });
  }
}

void Follower::release() {
  std::vector<std::pair<std::function<void(bool)>, bool>> due;
  {
    const std::lock_guard lock{mutex_};
    const auto now = steady_clock::now();
    for (auto at = waiters_.begin(); at != waiters_.end();) {
      const bool reached = next_ > at->first;
      if (!reached && at->second.until > now) {
        ++at;
        continue;
      }
      due.emplace_back(std::move(at->second.then), reached);
      at = waiters_.erase(at);
    }
  }
  for (const auto& [then, reached] : due) then(reached);
}

}  // namespace rocks
