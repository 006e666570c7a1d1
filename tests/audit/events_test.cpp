// Facts that somebody was given, against the log that they are said to be from.
#include "replay/verify/events.hpp"

#include <nlohmann/json.hpp>

#include "domain/fold/cloud_event.hpp"
#include "schemas/json.hpp"
#include "tests/audit/forest.hpp"

namespace {

using nlohmann::json;
using verify::Result;

struct Exported {
  Exported() {
    log.grow(300);
    forest::mirror(log, folder.path());
  }
  json event(std::uint64_t number) const {
    fold::CommitView commit;
    fold::read(number, log.commits[number], commit);
    const auto& fact = commit.facts.front();
    std::string text;
    fold::write_cloud_event(text, {life, commit, fact, 0, *schemas::platform().table(fact.type)});
    return json::parse(text);
  }
  // As the gateway tells it.
  json item(std::uint64_t number) const {
    const auto content = forest::Log::content(number);
    return {
        {"version", content.facts[0].version},
        {"position", "0badcafe-" + std::to_string(number)},
        {"type", content.facts[0].type},
        {"time", schemas::format_time(content.at)},
        {"actor", content.actor},
        {"data", {{"quantity", number}, {"source_ref", "po-7"}}}};
  }
  verify::Report check(const std::vector<json>& lines) const {
    const auto path = folder.path() / "lines";
    std::ofstream file{path};
    for (const auto& line : lines) file << line.dump() << '\n';
    file.close();
    return verify_events(path, mirror, forest::policy_of(log));
  }
  Result result(const json& line) const { return check({line}).result(); }

  forest::Log log;
  support::TemporaryFolder folder;
  verify::Mirror mirror{folder.path()};
  const fold::Life life{"construct", "0badcafe"};
};

}  // namespace

TEST_SUITE("verify: events") {
  TEST_CASE_FIXTURE(
      Exported, "CloudEvents are compared whole: no member may differ, or be missing") {
    CHECK(check({event(0), event(7), event(299)}).result() == Result::verified);
    const auto whole = event(7);
    for (const auto& [name, value] : whole.items()) {
      CAPTURE(name);
      // Without the one it is another form, without the other of no commit.
      if (name == "specversion" || name == "position") continue;
      auto other = whole;
      other[name] = value.is_object() ? json::object() : json("another");
      CHECK(result(other) != Result::verified);
      other.erase(name);
      CHECK(result(other) != Result::verified);
    }
    auto more = whole;
    more["data"]["quantity"] = 8;
    const auto report = check({more});
    CHECK(report.result() == Result::not_verified);
    CHECK(report.checks.back().detail.find("commit 7: its data is") != std::string::npos);
  }
  TEST_CASE_FIXTURE(Exported, "what the gateway answers is compared by what it tells") {
    CHECK(check({item(7), item(8)}).result() == Result::verified);
    CHECK(check({json{{"items", {item(7), item(8)}}}}).result() == Result::verified);
    for (const auto* name : {"version", "type", "data"}) {
      auto less = item(7);
      less.erase(name);
      CHECK(result(less) == Result::not_verified);
    }
    for (const auto& [name, wrong] : std::initializer_list<std::pair<const char*, json>>{
             {"actor", "eve"},
             {"time", "2026-01-01T00:00:00Z"},
             {"command", "AdjustStock"},
             {"command_id", "0193f2c4-0000-7000-8000-000000000000"},
             {"correlation_id", "c"},
             {"causation_id", "commit 1"},
             {"stream", "inventory/StockItem/sku-2"},
             {"commit", 8},
             {"version", 8},
             {"position", "0badcafe-8"},
             {"position", "00000000-7"}}) {
      CAPTURE(name);
      auto line = item(7);
      line[name] = wrong;
      CHECK(result(line) == Result::not_verified);
    }
  }
  TEST_CASE_FIXTURE(
      Exported, "no fact twice, none that the log does not hold, none without its commit") {
    CHECK(check({event(7), event(8), item(7)}).result() == Result::not_verified);
    auto later = event(7);
    later["position"] = "0badcafe-300";
    CHECK(result(later) == Result::not_verified);
    later.erase("position");
    CHECK_THROWS_AS(check({later}), verify::Usage);
    CHECK_THROWS_AS(check({json::array()}), verify::Usage);
  }
}
