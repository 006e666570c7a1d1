// The walks in docs/ are run, and print what they say: blocks marked `sh` by a shell, one after the
// other in one folder; the block `text` behind one has lines that come in this order. Numbers and
// hashes may be others.
#include <algorithm>
#include <cctype>
#include <cstring>
#include <fstream>
#include <sstream>

#include "tests/e2e/load.hpp"

namespace {

struct Step {
  std::string commands;
  std::vector<std::string> expected;
};

std::vector<Step> steps_of(const char* file) {
  std::vector<Step> steps;
  std::ifstream lines{file};
  std::string block;
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with("```")) {
      block = block.empty() ? line.substr(3) + ' ' : "";
      if (block == "sh ") steps.emplace_back();
    } else if (block == "sh ") {
      steps.back().commands += line + '\n';
    } else if (block == "text ") {
      steps.back().expected.push_back(line);
    }
  }
  return steps;
}

// What is another each time, which are words that are long or have a digit in them, becomes '#'.
std::string leveled(const std::string& line) {
  constexpr std::size_t long_word = 20;
  const auto of_word = [](unsigned char c) { return std::isalnum(c) || std::strchr("+/=", c); };
  std::string made;
  for (auto at = line.begin(); at != line.end();) {
    const auto end = std::find_if_not(at, line.end(), of_word);
    const bool changing = end - at >= static_cast<std::ptrdiff_t>(long_word) ||
                          std::any_of(at, end, [](unsigned char c) { return std::isdigit(c); });
    made += changing ? "#" : std::string{at, end};
    if (at = end; at != line.end()) made += *at++;
  }
  return made;
}

void check_walk(const char* file, const e2e::Deployment& deployment) {
  const support::TemporaryFolder folder;
  const auto steps = steps_of(file);
  CHECK(steps.size() > 5);
  for (const auto& step : steps) {
    std::istringstream said{cli::output_of(
        {"/bin/bash",
         "-euc",
         "exec 2>&1; cd " + folder.path().string() +
             "; base=http://127.0.0.1:" + std::to_string(deployment.port()) +
             "; construct() { " CONSTRUCT_BINARY " \"$@\"; }\n" + step.commands +
             "echo the end of it\n"})};
    std::string all;
    auto expected = step.expected.begin();
    for (std::string line; std::getline(said, line);) {
      all += line + '\n';
      if (expected != step.expected.end() && leveled(line) == leveled(*expected)) ++expected;
    }
    CAPTURE(step.commands);
    CAPTURE(all);
    const auto missing = expected == step.expected.end() ? std::string{} : *expected;
    CHECK(missing == "");
    CHECK(all.ends_with("the end of it\n"));
  }
}

}  // namespace

TEST_SUITE("walks") {
  TEST_CASE("docs/AUDITORS.md") {
    e2e::Deployment deployment{std::vector<std::string>{}};
    deployment.start();
    // Whoever reads it takes longer than the demo.
    e2e::Client client{deployment.port()};
    REQUIRE(support::eventually([&] {
      const auto order = client.get("/orders/demo-o-1");
      if (order.status != 200) return false;
      const auto position = order.headers.at("construct-position");
      const auto note = client.get("/checkpoint").body;
      const auto size = note.find('\n');
      return size != std::string::npos && std::stoull(note.substr(size + 1)) >
                                              std::stoull(position.substr(position.find('-') + 1));
    }));
    check_walk("docs/AUDITORS.md", deployment);
  }
}
