// The walk of docs/ANALYSTS.md: its commands are run on the demo, and show what it says they show.
//
// In the page's code blocks a line that begins with "$ " is a command, and the lines below it are
// what it shows: "…" stands for any text, a line of it alone for any lines. "[1]" alone on the last
// line is how the command ends; without it, it ends with 0.
#include <fmt/format.h>
#include <sys/wait.h>

#include <algorithm>
#include <fstream>
#include <span>
#include <sstream>

#include "gateways/cli/data_folder.hpp"
#include "tests/e2e/load.hpp"

namespace {

using e2e::Client;
using e2e::json;
using e2e::read;

constexpr std::string_view any = "…";
constexpr std::size_t demo_orders = 199;

struct Command {
  std::string line;
  std::vector<std::string> shows;
  int ends_with = 0;
};

std::vector<Command> commands(const std::filesystem::path& page) {
  std::vector<Command> all;
  std::ifstream file{page};
  bool inside = false;
  for (std::string line; std::getline(file, line);) {
    if (line.starts_with("```")) {
      inside = !inside;
    } else if (inside && line.starts_with("$ ")) {
      all.push_back({.line = line.substr(2)});
    } else if (inside && !all.empty()) {
      if (line.size() == 3 && line.front() == '[' && line.back() == ']')
        all.back().ends_with = line[1] - '0';
      else
        all.back().shows.push_back(line);
    }
  }
  return all;
}

bool matches(std::string_view line, std::string_view wanted) {
  const auto at = wanted.find(any);
  if (at == wanted.npos) return line == wanted;
  if (!line.starts_with(wanted.substr(0, at))) return false;
  line.remove_prefix(at);
  wanted.remove_prefix(at + any.size());
  for (std::size_t skip = 0; skip <= line.size(); ++skip)
    if (matches(line.substr(skip), wanted)) return true;
  return false;
}

using Lines = std::span<const std::string>;
bool matches(Lines lines, Lines wanted) {
  if (wanted.empty()) return lines.empty();
  if (wanted.front() == any) {
    for (std::size_t skip = 0; skip <= lines.size(); ++skip)
      if (matches(lines.subspan(skip), wanted.subspan(1))) return true;
    return false;
  }
  return !lines.empty() && matches(lines.front(), wanted.front()) &&
         matches(lines.subspan(1), wanted.subspan(1));
}

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> all;
  std::istringstream in{text};
  for (std::string line; std::getline(in, line);) {
    if (line.ends_with('\r')) line.pop_back();
    all.push_back(line);
  }
  return all;
}

// In that folder, as someone who has followed the page so far.
e2e::Ended run(
    const std::string& line, const std::filesystem::path& in, const e2e::Deployment& deployment) {
  const auto output = in / ".output";
  const auto shell = cli::start(
      {"a command of the walk",
       {"/bin/sh",
        "-c",
        fmt::format("cd '{}' && {{ {}\n}} > '{}' 2>&1", in.string(), line, output.string())},
       {{"PATH", in.string() + ':' + std::getenv("PATH")},
        {"CONSTRUCT_DATA", deployment.data().string()},
        {"base", fmt::format("http://127.0.0.1:{}", deployment.port())}}});
  int status = 0;
  waitpid(shell, &status, 0);
  return {WIFEXITED(status) ? WEXITSTATUS(status) : -1, cli::read_file(output)};
}

}  // namespace

TEST_SUITE("analysts") {
  TEST_CASE("what docs/ANALYSTS.md says is what happens") {
    e2e::Deployment deployment{{}};
    deployment.start();
    Client client{deployment.port()};
    // The walk begins when the demo's last payment has come to an end.
    REQUIRE(support::eventually([&] {
      const auto orders = read(client.get("/orders?limit=500"));
      return orders["items"].size() == demo_orders &&
             std::ranges::none_of(orders["items"], [](const json& order) {
               return order["status"] == "pending" || order["status"] == "awaiting_payment";
             });
    }));
    const support::TemporaryFolder folder;
    std::filesystem::create_symlink(CONSTRUCT_BINARY, folder.path() / "construct");
    const auto walk = commands("docs/ANALYSTS.md");
    REQUIRE(walk.size() > 10);
    for (const auto& command : walk) {
      const auto ended = run(command.line, folder.path(), deployment);
      INFO(command.line, "\n", ended.output);
      CHECK(ended.status == command.ends_with);
      CHECK(matches(lines_of(ended.output), command.shows));
    }
  }
}
