// Keeps processes running: one that ends by itself is told of and started again.
#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "gateways/cli/console.hpp"
#include "gateways/cli/process.hpp"

namespace cli {

class Supervisor {
 public:
  explicit Supervisor(const Console& console) : console_{console} {}
  ~Supervisor();
  Supervisor(const Supervisor&) = delete;
  Supervisor& operator=(const Supervisor&) = delete;

  // `drain` is how long it may take to stop.
  void add(Program program, std::chrono::milliseconds drain);

  // Notices the processes that have ended, and starts them again. Unless `revive`, this is only for
  // those that ended with EX_TEMPFAIL; for others it throws std::runtime_error that names the first
  // one. A process that keeps ending is started ever more slowly, at most every 5 seconds.
  void look_after(bool revive);

  // Stops the one of that name; look_after() notices.
  void end(const std::string& name);

  // Stops them one after the other, the last added first.
  void stop_all();

 private:
  struct Child {
    Program program;
    std::chrono::milliseconds drain;
    pid_t process = 0;  // 0: to be started at `again`
    std::chrono::milliseconds pause{};
    std::chrono::steady_clock::time_point started, again;
  };

  void launch(Child& child);

  const Console& console_;
  std::vector<Child> children_;
};

}  // namespace cli
