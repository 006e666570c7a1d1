// Another process's store, followed for reading: a RocksDB secondary instance.
//
// Traps of secondaries, which shape this interface: a Get with a snapshot returns newer data, and
// iterators on a snapshot do not exist. So whoever reads several things at one moment holds
// catching up off while it does, and reads the position before the rows. And where the owner has
// moved rows into table files that were not replayed from its log before, catching up leaves older
// ones in front of them: then the store is opened afresh.
//
// A store that its owner has given up and makes again is not read before it is where it was.
//
// Concurrency: any thread.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <shared_mutex>
#include <string>
#include <thread>
#include <vector>

#include "domain/fold/store.hpp"
#include "gateways/rocks/database.hpp"

namespace rocks {

class Follower final : public fold::Followed {
 public:
  // The store in `folder` may not exist yet; it is opened as soon as it does. Where the folder is a
  // link, what it leads to may be exchanged: then that is opened. `own` is a folder for this reader
  // alone.
  Follower(
      std::filesystem::path folder, std::filesystem::path own, std::vector<std::string> families);
  // A store that this process writes itself needs no secondary. Its moments move, but what is read
  // first is never newer than what is read after it. `store` outlives the follower.
  explicit Follower(const Database& store);
  ~Follower() override;
  Follower(const Follower&) = delete;
  Follower& operator=(const Follower&) = delete;

  // The store's owner says that it stands at a new position: catch up. Cheap.
  void nudge();

  void read(const std::function<void(const fold::Reads&)>& use) override;
  void when(
      kernel::CommitNumber wanted,
      std::chrono::milliseconds patience,
      std::function<void(bool)> then) override;

 private:
  struct Waiter {
    std::chrono::steady_clock::time_point until;
    std::function<void(bool)> then;
  };

  void run();
  bool catch_up();
  bool catch_up_in_place();
  void moved_to(kernel::CommitNumber next);
  void end_reopening();
  static std::string files(const std::filesystem::path& folder);
  void follow_files();
  void release();
  bool awaited() const;
  std::chrono::steady_clock::time_point next_turn(bool done) const;

  const Database* const local_ = nullptr;
  const std::filesystem::path folder_;
  const std::filesystem::path own_;
  const std::vector<std::string> families_;
  std::mutex turn_;           // of whoever catches up; taken before moment_
  std::shared_mutex moment_;  // shared: reading; exclusive: moving on. Guards what follows
  std::condition_variable_any reopened_;
  bool reopening_ = false;  // there is no database for a moment; whoever reads waits for it
  std::unique_ptr<Database> database_;
  std::filesystem::path opened_;   // the folder of database_
  std::string files_;              // those that it was opened with
  kernel::CommitNumber seen_ = 0;  // the furthest that it has been
  std::atomic<kernel::CommitNumber> next_{
      0};  // the first commit that is not in the store, as last seen
  std::atomic<bool> read_lately_{false};
  std::atomic<bool> nudged_{true};

  mutable std::mutex mutex_;  // guards what follows
  std::condition_variable wake_;
  bool stopping_ = false;
  std::multimap<kernel::CommitNumber, Waiter> waiters_;
  std::thread thread_;
};

}  // namespace rocks
