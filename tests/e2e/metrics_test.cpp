// What Prometheus and Grafana are told to look at is there to be seen.
#include <doctest/doctest.h>

#include <fstream>
#include <iterator>
#include <set>
#include <sstream>

#include "tests/e2e/deployment.hpp"

namespace {

constexpr std::string_view name_letters = "abcdefghijklmnopqrstuvwxyz_";

// Every construct_… in a text.
std::set<std::string> named(const std::string& text) {
  std::set<std::string> names;
  for (auto at = text.find("construct_"); at != text.npos; at = text.find("construct_", at)) {
    const auto end = text.find_first_not_of(name_letters, at);
    names.insert(text.substr(at, end - at));
    at = end;
  }
  return names;
}

std::string text_of(const char* file) {
  std::ifstream text{file};
  return {std::istreambuf_iterator<char>{text}, {}};
}

std::set<std::string> exposed_at(std::uint16_t port) {
  const auto answer = e2e::Client{port}.get("/metrics");
  REQUIRE(answer.status == 200);
  std::set<std::string> names;
  std::istringstream lines{answer.body};
  for (std::string line; std::getline(lines, line);)
    if (!line.starts_with('#')) names.insert(line.substr(0, line.find_first_of("{ ")));
  return names;
}

// The gateway is ready when their stores are there, which they are before their metrics.
std::set<std::string> exposed_by_folds(std::uint16_t port) {
  REQUIRE(support::eventually([&] { return e2e::Client{port}.get("/readyz").status == 200; }));
  auto exposed = exposed_at(port);
  CHECK(exposed.contains("construct_disk_free_bytes"));
  return exposed;
}

}  // namespace

TEST_SUITE("metrics") {
  TEST_CASE("each metric of the alerts and of the dashboard is one that some process tells") {
    const auto vitals = e2e::free_ports(1);
    e2e::Deployment deployment{{"--empty", "--vitals-port", std::to_string(vitals)}};
    deployment.start();
    auto exposed = exposed_at(deployment.port());
    CHECK(exposed.contains("construct_engine_leading"));
    const auto more = exposed_by_folds(vitals);
    for (const std::string fold : {"view", "flows", "effects", "audit"})
      CHECK(more.contains("construct_" + fold + "_folded_commits"));
    exposed.insert(more.begin(), more.end());
    for (const auto* file : {"docs/alerts.yml", "docs/grafana.json"}) {
      const auto names = named(text_of(file));
      CHECK(names.size() > 10);
      for (const auto& name : names) {
        CAPTURE(file);
        CAPTURE(name);
        CHECK(exposed.contains(name));
      }
    }
  }

  TEST_CASE("each fold in a process of its own tells at a port of its own") {
    const auto vitals = e2e::free_ports(4);
    e2e::Deployment deployment{{"--empty", "--apart", "--vitals-port", std::to_string(vitals)}};
    deployment.start();
    const char* const folds[] = {"view", "flows", "effects", "audit"};
    for (std::uint16_t i = 0; i < 4; ++i) {
      const auto exposed = exposed_by_folds(static_cast<std::uint16_t>(vitals + i));
      CHECK(exposed.contains(std::string{"construct_"} + folds[i] + "_folded_commits"));
    }
  }

  TEST_CASE("each alert has its page") {
    const auto pages = text_of("docs/OPERATIONS.md");
    std::istringstream rules{text_of("docs/alerts.yml")};
    int alerts = 0;
    for (std::string line; std::getline(rules, line);) {
      const std::string_view begin = "- alert: ";
      const auto at = line.find(begin);
      if (at == line.npos) continue;
      ++alerts;
      CAPTURE(line);
      CHECK(pages.find("### " + line.substr(at + begin.size()) + "\n") != pages.npos);
    }
    CHECK(alerts > 10);
  }
}
