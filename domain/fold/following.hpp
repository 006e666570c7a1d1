// A thread that follows the log for the folds of a process.
//
// Reading the log costs a subscription at the server, a digest of each block and the decoding of
// each commit; folds that stand at the same place share all of it. One that lags behind, because it
// is new or its store was lost, reads on its own until it has caught up, while the others go on.
#pragma once

#include <atomic>
#include <functional>
#include <string>
#include <thread>
#include <vector>

#include "domain/fold/fold.hpp"

namespace fold {

class Following {
 public:
  // `failed` hears why it cannot go on, as a sentence, and that it has ended. The runners are this
  // thread's until it is destroyed, which may take 200 ms.
  Following(
      const std::string& name,
      Log& log,
      std::vector<Runner*> runners,
      std::function<void(const std::string& why)> failed);
  ~Following();
  Following(const Following&) = delete;
  Following& operator=(const Following&) = delete;

 private:
  struct Group;

  std::vector<Group> group();
  void check_place(Group& group);
  static void merge(std::vector<Group>& groups);
  void catch_up(std::vector<Group>& groups);
  void follow(Group& group);

  Log& log_;
  std::vector<Runner*> runners_;
  std::atomic<bool> stopping_{false};
  std::thread thread_;
};

}  // namespace fold
