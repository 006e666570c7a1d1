// The walks of docs/: their commands are run on a demo, and show what the page says they show.
//
// In a page's code blocks a line that begins with "$ " is a command, lines behind it that begin
// with "> " go on with it, and those below are what it shows: "…" stands for any text, a line of it
// alone for any lines. "[1]" alone on the last line is how the command ends; without it, it ends
// with 0.
#include <fmt/format.h>
#include <sys/wait.h>

#include <algorithm>
#include <fstream>
#include <sstream>

#include "gateways/cli/data_folder.hpp"
#include "tests/e2e/load.hpp"

namespace {

using e2e::Client;
using e2e::json;
using e2e::read;

constexpr std::string_view any = "…";
constexpr std::size_t demo_orders = 199;

struct Step {
  std::string command;
  std::vector<std::string> shows;
  int ends_with = 0;
};

std::vector<Step> steps_of(const std::string& page) {
  std::vector<Step> steps;
  std::ifstream file{page};
  bool inside = false, begun = false;
  for (std::string line; std::getline(file, line);) {
    if (line.starts_with("```")) {
      inside = !inside;
      begun = false;
    } else if (inside && line.starts_with("$ ")) {
      steps.push_back({.command = line.substr(2)});
      begun = true;
    } else if (!begun) {
      continue;
    } else if (line.starts_with("> ") && steps.back().shows.empty()) {
      steps.back().command += '\n' + line.substr(2);
    } else if (line.size() == 3 && line.front() == '[' && line.back() == ']') {
      steps.back().ends_with = line[1] - '0';
    } else {
      steps.back().shows.push_back(line);
    }
  }
  return steps;
}

bool matches(std::string_view line, std::string_view wanted) {
  const auto first = wanted.find(any);
  if (first == wanted.npos) return line == wanted;
  if (!line.starts_with(wanted.substr(0, first))) return false;
  line.remove_prefix(first);
  wanted.remove_prefix(first + any.size());
  // What stands between two wildcards is taken where it comes first, which leaves most to the rest.
  for (auto next = wanted.find(any); next != wanted.npos; next = wanted.find(any)) {
    const auto found = line.find(wanted.substr(0, next));
    if (found == line.npos) return false;
    line.remove_prefix(found + next);
    wanted.remove_prefix(next + any.size());
  }
  return line.ends_with(wanted);
}

// The same of lines: the first one wanted that does not come, or none.
const std::string* missing(
    const std::vector<std::string>& lines, const std::vector<std::string>& wanted) {
  static const std::string end{"the end"};
  auto line = lines.begin();
  bool skip = false;
  for (const auto& next : wanted) {
    if (next == any) {
      skip = true;
      continue;
    }
    const auto fits = [&](const std::string& shown) { return matches(shown, next); };
    if (skip) line = std::find_if(line, lines.end(), fits);
    if (line == lines.end() || !fits(*line)) return &next;
    ++line;
    skip = false;
  }
  return skip || line == lines.end() ? nullptr : &end;
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

// In that folder, as someone who has followed the page so far. Nothing in a walk takes a minute.
e2e::Ended run(
    const std::string& command,
    const std::filesystem::path& in,
    const e2e::Deployment& deployment) {
  const auto output = in / ".output";
  const auto shell = cli::start(
      {"a command of the walk",
       {"/usr/bin/timeout",
        "60",
        "/bin/sh",
        "-c",
        fmt::format("cd '{}' && {{ {}\n}} > '{}' 2>&1", in.string(), command, output.string())},
       {{"PATH", in.string() + ':' + std::getenv("PATH")},
        {"CONSTRUCT_DATA", deployment.data().string()},
        {"base", fmt::format("http://127.0.0.1:{}", deployment.port())}}});
  int status = 0;
  waitpid(shell, &status, 0);
  return {WIFEXITED(status) ? WEXITSTATUS(status) : -1, cli::read_file(output)};
}

// The walk begins when the demo's last payment has come to an end, and all of it is signed: whoever
// reads a page takes longer.
void wait_for_demo(Client& client) {
  REQUIRE(support::eventually([&] {
    const auto orders = read(client.get("/orders?limit=500"));
    return orders["items"].size() == demo_orders &&
           std::ranges::none_of(orders["items"], [](const json& order) {
             return order["status"] == "pending" || order["status"] == "awaiting_payment";
           });
  }));
  const auto position = client.get("/orders?limit=1").headers.at("construct-position");
  const auto last = std::stoull(position.substr(position.find('-') + 1));
  REQUIRE(support::eventually([&] {
    const auto lines = lines_of(client.get("/checkpoint").body);
    return lines.size() > 1 && std::stoull(lines[1]) > last;
  }));
}

void walk(const std::string& page) {
  e2e::Deployment deployment{{}};
  deployment.start();
  Client client{deployment.port()};
  wait_for_demo(client);
  const support::TemporaryFolder folder;
  std::filesystem::create_symlink(support::program("construct"), folder.path() / "construct");
  const auto steps = steps_of(page);
  REQUIRE(steps.size() > 10);
  for (const auto& step : steps) {
    const auto ended = run(step.command, folder.path(), deployment);
    INFO(step.command, "\n", ended.output);
    CHECK(ended.status == step.ends_with);
    const auto* line = missing(lines_of(ended.output), step.shows);
    CHECK((line ? *line : "nothing") == "nothing");
  }
}

}  // namespace

TEST_SUITE("walks") {
  TEST_CASE("a page's line, and its lines, against what was shown") {
    CHECK(matches("a=1 b=2", "a=… b=…"));
    CHECK(!matches("a=1 b=2", "a=… c=…"));
    CHECK(!matches("a=1 b=2 ", "a=… b=2"));
    CHECK(!missing({"a", "b", "c"}, {"a", "…", "c"}));
    CHECK(!missing({"a", "c"}, {"a", "…", "c", "…"}));
    CHECK(missing({"a", "b", "c"}, {"a", "c"}));
    CHECK(missing({"a", "b", "c"}, {"a", "…", "b"}));
  }
  TEST_CASE("docs/ANALYSTS.md") { walk("docs/ANALYSTS.md"); }
  TEST_CASE("docs/AUDITORS.md") { walk("docs/AUDITORS.md"); }
}
