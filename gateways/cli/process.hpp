// Child processes and signals, as a supervisor needs them. Main thread only.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace cli {

struct Program {
  std::string name;                                // for people
  std::vector<std::string> command;                // path and arguments
  std::map<std::string, std::string> environment;  // added to this process's own
};

// Starts it in a process group of its own, so that Ctrl-C reaches only the supervisor; it is killed
// when the supervisor dies, so that nothing is left behind. Throws std::runtime_error.
pid_t start(const Program& program);

// How a process ended: "exited with status 1", "was ended by signal 9 (Killed)".
std::string describe_end(int status);

// The signals that a process waits for in take(): SIGTERM, SIGINT, SIGCHLD. Block them before the
// first thread starts.
class Signals {
 public:
  Signals();
  // The next signal, or nothing after `patience`.
  std::optional<int> take(std::chrono::milliseconds patience);
};

// Sends SIGTERM and waits; SIGKILL when `patience` is over.
void stop(pid_t process, std::chrono::milliseconds patience);

// The path of a program on $PATH; empty when there is none.
std::filesystem::path find_program(const std::string& name);
// What the program prints.
std::string output_of(const std::vector<std::string>& command);

// A TCP port of the loopback that is free now.
std::uint16_t free_port();
// Whether somebody listens there.
bool port_taken(const std::string& host, std::uint16_t port);

}  // namespace cli
