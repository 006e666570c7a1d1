#include "gateways/cli/supervisor.hpp"

#include <fmt/format.h>
#include <sys/wait.h>
#include <sysexits.h>

#include <algorithm>
#include <csignal>
#include <stdexcept>

namespace cli {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr milliseconds pause_min{50};
constexpr milliseconds pause_max{5'000};
constexpr milliseconds steady{
    10'000};  // one that ran for so long begins with the shortest pause again

// It ran, and met something that may not be there the next time.
bool asks_to_be_started_again(int status) {
  return WIFEXITED(status) && WEXITSTATUS(status) == EX_TEMPFAIL;
}

}  // namespace

Supervisor::~Supervisor() { stop_all(); }

void Supervisor::add(Program program, milliseconds drain) {
  launch(children_.emplace_back(
      Child{.program = std::move(program), .drain = drain, .pause = pause_min}));
}

void Supervisor::launch(Child& child) {
  child.process = start(child.program);
  child.started = steady_clock::now();
}

void Supervisor::look_after(bool revive) {
  for (auto& child : children_) {
    const auto now = steady_clock::now();
    int status = 0;
    if (child.process != 0 && waitpid(child.process, &status, WNOHANG) == child.process) {
      const auto text = fmt::format("{} {}", child.program.name, describe_end(status));
      child.process = 0;
      if (!revive && !asks_to_be_started_again(status)) throw std::runtime_error(text);
      child.pause =
          now - child.started >= steady ? pause_min : std::min(child.pause * 2, pause_max);
      child.again = now + child.pause;
      console_.say(text + "; it is started again", Level::alarm);
    }
    if (child.process == 0 && now >= child.again) launch(child);
  }
}

void Supervisor::end(const std::string& name) {
  for (const auto& child : children_)
    if (child.program.name == name && child.process != 0) kill(child.process, SIGTERM);
}

void Supervisor::stop_all() {
  for (; !children_.empty(); children_.pop_back())
    if (children_.back().process != 0) stop(children_.back().process, children_.back().drain);
}

}  // namespace cli
