// `construct up` as a user runs it: a real process on a fresh folder and a free port.
#pragma once

#include <csignal>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "gateways/cli/process.hpp"
#include "tests/support/programs.hpp"
#include "tests/support/temporary.hpp"
#include "tests/support/wait.hpp"

namespace e2e {

struct Answer {
  int status = 0;  // 0: the connection failed
  std::string body;
  std::map<std::string, std::string> headers;  // names in lower case
};

// One keep-alive connection. One thread.
class Client {
 public:
  explicit Client(std::uint16_t port);
  ~Client();
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;

  Answer get(const std::string& path, const std::map<std::string, std::string>& headers = {});
  Answer post(
      const std::string& path,
      const std::string& json,
      const std::map<std::string, std::string>& headers = {});

  struct Socket;

 private:
  Answer ask(
      const std::string& method,
      const std::string& path,
      const std::string& body,
      const std::map<std::string, std::string>& headers);

  std::uint16_t port_;
  std::unique_ptr<Socket> socket_;
};

// Follows a row or a list as it changes (text/event-stream). One thread.
class Live {
 public:
  Live(std::uint16_t port, const std::string& path);
  ~Live();
  Live(const Live&) = delete;
  Live& operator=(const Live&) = delete;

  // Reads on until the stream has told this; false when it has ended, or nothing came for long.
  bool tells(const std::string& text);
  const std::string& told() const { return told_; }

 private:
  std::unique_ptr<Client::Socket> socket_;
  std::string told_;
};

struct Ended {
  int status = -1;     // of the exit; 128 and the signal when one ended it
  std::string output;  // both streams
};

// Starts it, as cli::start does; both of its streams go to the end of a file.
pid_t launch(
    const std::filesystem::path& program,
    const std::vector<std::string>& arguments,
    const std::map<std::string, std::string>& environment,
    const std::filesystem::path& output);

// Runs construct to its end, with these arguments and environment.
Ended run(
    const std::vector<std::string>& arguments,
    const std::map<std::string, std::string>& environment = {});

class Deployment {
 public:
  explicit Deployment(std::vector<std::string> arguments = {"--empty"}, unsigned engines = 1);
  ~Deployment();
  Deployment(const Deployment&) = delete;
  Deployment& operator=(const Deployment&) = delete;

  // Runs a copy of this program, from the next start of a process on.
  void install(const std::filesystem::path& program);
  // Its processes have these variables, too, from its next start on.
  void set_environment(std::map<std::string, std::string> variables) {
    environment_ = std::move(variables);
  }
  // Starts it and waits until it is ready; throws with its output when it ends instead.
  void start();
  Ended terminate();                                             // SIGTERM
  void kill_everything();                                        // kill -9, all processes at once
  std::vector<pid_t> processes(const std::string& words) const;  // by their command lines
  // kill -9 of the processes whose command line has these words; returns how many there were.
  int kill_some(const std::string& words) { return signal_some(words, SIGKILL); }
  // The same with another signal: SIGSTOP holds them where they are.
  int signal_some(const std::string& words, int signal);

  // An operator's verb on its data folder, such as {"view", "list"}.
  Ended operate(std::vector<std::string> words) const;
  // Whether this one of its engines says that it leads.
  bool leads(std::size_t engine) const;

  std::uint16_t port() const { return port_; }
  std::vector<std::uint16_t> ports() const;  // of all its gateways
  const std::filesystem::path& folder() const { return folder_.path(); }
  std::filesystem::path data() const { return folder_.path() / "data"; }
  std::string output() const;

 private:
  Ended wait();

  support::TemporaryFolder folder_;
  std::filesystem::path program_ = support::program("construct");
  std::vector<std::string> arguments_;
  std::map<std::string, std::string> environment_;
  unsigned engines_;
  std::uint16_t port_;
  pid_t process_ = 0;
};

// The first of so many ports in a row that are free now.
std::uint16_t free_ports(unsigned count);

// Runs `body(i)` on `count` threads at once, beginning together.
void at_once(int count, const std::function<void(int)>& body);

}  // namespace e2e
