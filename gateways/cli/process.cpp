#include "gateways/cli/process.hpp"

#include <arpa/inet.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <memory>
#include <random>
#include <sstream>
#include <stdexcept>

extern char** environ;  // NOLINT(readability-identifier-naming): POSIX's

namespace cli {
namespace {

constexpr int lowest_port = 10'000;  // below it are those that services are known by
constexpr int tries_most = 100;

sigset_t handled() {
  sigset_t set;
  sigemptyset(&set);
  for (const int signal : {SIGTERM, SIGINT, SIGCHLD}) sigaddset(&set, signal);
  return set;
}

sockaddr_in address_of(const std::string& host, std::uint16_t port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  if (inet_pton(AF_INET, host.c_str(), &address.sin_addr) != 1)
    address.sin_addr.s_addr = htonl(INADDR_ANY);
  return address;
}

// Binds a socket; its port, or 0 when that is not possible.
std::uint16_t bind_once(const std::string& host, std::uint16_t port) {
  const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const int on = 1;
  setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  auto address = address_of(host, port);
  socklen_t size = sizeof address;
  const bool bound = bind(fd, reinterpret_cast<sockaddr*>(&address), size) == 0 &&
                     listen(fd, 1) == 0 &&
                     getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size) == 0;
  close(fd);
  return bound ? ntohs(address.sin_port) : 0;
}

std::vector<char*> pointers(std::vector<std::string>& texts) {
  std::vector<char*> all;
  for (auto& text : texts) all.push_back(text.data());
  all.push_back(nullptr);
  return all;
}

}  // namespace

pid_t start(const Program& program) {
  // Everything is made before the fork: afterwards only what is safe in a signal handler may be
  // called.
  auto command = program.command;
  std::vector<std::string> environment;
  for (char** entry = environ; *entry; ++entry) {
    const std::string_view text{*entry};
    if (!program.environment.contains(std::string{text.substr(0, text.find('='))}))
      environment.emplace_back(text);
  }
  for (const auto& [name, value] : program.environment) environment.push_back(name + '=' + value);
  const auto arguments = pointers(command);
  const auto variables = pointers(environment);
  const auto parent = getpid();
  const auto process = fork();
  if (process < 0)
    throw std::runtime_error(
        fmt::format("cannot start {}: {}", program.name, std::strerror(errno)));
  if (process > 0) return process;
  setpgid(0, 0);
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (getppid() != parent) _exit(1);  // It died meanwhile.
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, nullptr);
  execve(arguments[0], arguments.data(), variables.data());
  _exit(127);
}

std::string describe_end(int status) {
  if (WIFSIGNALED(status))
    return fmt::format(
        "was ended by signal {} ({})", WTERMSIG(status), strsignal(WTERMSIG(status)));
  return fmt::format("exited with status {}", WEXITSTATUS(status));
}

Signals::Signals() {
  const auto set = handled();
  sigprocmask(SIG_BLOCK, &set, nullptr);
  std::signal(SIGPIPE, SIG_IGN);
}

std::optional<int> Signals::take(std::chrono::milliseconds patience) {
  const auto set = handled();
  const timespec time{patience.count() / 1000, patience.count() % 1000 * 1'000'000};
  const int signal = sigtimedwait(&set, nullptr, &time);
  if (signal < 0) return std::nullopt;
  return signal;
}

void stop(pid_t process, std::chrono::milliseconds patience) {
  kill(process, SIGTERM);
  const auto until = std::chrono::steady_clock::now() + patience;
  const timespec step{0, 5'000'000};
  while (waitpid(process, nullptr, WNOHANG) == 0) {
    if (std::chrono::steady_clock::now() >= until) {
      kill(process, SIGKILL);
      waitpid(process, nullptr, 0);
      return;
    }
    nanosleep(&step, nullptr);
  }
}

std::filesystem::path find_program(const std::string& name) {
  const char* path = std::getenv("PATH");
  std::istringstream folders{path ? path : ""};
  for (std::string folder; std::getline(folders, folder, ':');) {
    auto candidate = std::filesystem::path{folder} / name;
    if (access(candidate.c_str(), X_OK) == 0) return candidate;
  }
  return {};
}

std::string output_of(const std::vector<std::string>& command) {
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0) return {};
  auto words = command;
  const auto arguments = pointers(words);
  const auto process = fork();
  if (process == 0) {
    dup2(ends[1], STDOUT_FILENO);
    dup2(ends[1], STDERR_FILENO);
    execv(arguments[0], arguments.data());
    _exit(127);
  }
  close(ends[1]);
  std::string output;
  char buffer[512];
  for (ssize_t got = 0; (got = read(ends[0], buffer, sizeof buffer)) > 0;)
    output.append(buffer, static_cast<std::size_t>(got));
  close(ends[0]);
  if (process > 0) waitpid(process, nullptr, 0);
  return output;
}

std::uint16_t free_port() {
  // Below those that outgoing connections are given: one of them could have taken it whenever the
  // process that listens there is started again.
  int above = 0;
  std::ifstream{"/proc/sys/net/ipv4/ip_local_port_range"} >> above;
  std::random_device random;
  for (int tries = 0; tries < tries_most && above > lowest_port; ++tries) {
    const auto range = static_cast<unsigned>(above - lowest_port);
    const auto port = static_cast<std::uint16_t>(lowest_port + random() % range);
    if (bind_once("127.0.0.1", port) != 0) return port;
  }
  const auto port = bind_once("127.0.0.1", 0);
  if (port == 0)
    throw std::runtime_error("no TCP port of 127.0.0.1 is free; stop something that holds many");
  return port;
}

bool port_taken(const std::string& host, std::uint16_t port) { return bind_once(host, port) == 0; }

}  // namespace cli
