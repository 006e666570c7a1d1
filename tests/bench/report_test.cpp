// What a run found, as people and programs read it.
#include "bench/report/report.hpp"

#include <doctest/doctest.h>

#include <nlohmann/json.hpp>

using namespace report;

namespace {

const Result fast{
    .name = "fast",
    .what = "fast things",
    .against = "a <ceiling>",
    .ours = 30'000,
    .ceiling = 40'000,
    .goals = {ratio_at_least(0.5)}};
const Result slow{
    .name = "slow",
    .what = "slow things, p99",
    .unit = Unit::milliseconds,
    .ours = 12.5,
    .goals = {ours_at_most(10)}};
const Result missing{
    .name = "missing",
    .what = "no things",
    .goals = {ratio_at_least(6)},
    .note = "not measured: there is no npm; install it"};

}  // namespace

TEST_SUITE("bench: report") {
  TEST_CASE("a goal is met by the ratio or by the figure itself, and by all of several") {
    CHECK(fast.met() == true);
    CHECK(slow.met() == false);
    auto both = fast;
    both.goals.push_back(ours_at_least(30'001));
    CHECK(both.met() == false);
    both.goals.back() = ours_at_least(30'000);
    CHECK(both.met() == true);
  }

  TEST_CASE("without a goal or a figure nothing is met, and nothing is not met") {
    CHECK(!missing.met());
    CHECK(!Result{.name = "x", .what = "x", .ours = 1}.met());
  }

  TEST_CASE("the table has a line for each, and says why one has no figure") {
    CHECK(
        to_table({fast, slow, missing}) ==
        "| what             | ours     | against     | that     | ratio | goal        | met |\n"
        "|------------------|----------|-------------|----------|-------|-------------|-----|\n"
        "| fast things      | 30,000/s | a <ceiling> | 40,000/s | 0.75  | >= 0.5      | yes |\n"
        "| slow things, p99 | 12.50 ms | -           | -        | -     | <= 10.00 ms | NO  |\n"
        "| no things        | -        | -           | -        | -     | >= 6        | -   |\n"
        "\n"
        "- no things: not measured: there is no npm; install it\n");
  }

  TEST_CASE("programs get the figures as JSON, and what is absent as null") {
    const auto json = nlohmann::json::parse(
        to_json({.at = "2026-11-21T10:00:00Z", .commit = "abc", .results = {fast, missing}}));
    CHECK(json["commit"] == "abc");
    CHECK(json["results"][0]["ratio"] == 0.75);
    CHECK(json["results"][0]["met"] == true);
    CHECK(json["results"][1]["ours"].is_null());
    CHECK(json["results"][1]["met"].is_null());
  }

  TEST_CASE("the history grows by a line for each, as wide as its head") {
    CHECK(csv_head() == "at,commit,name,ours,that,ratio,goal,met\n");
    CHECK(
        to_csv({.at = "2026-11-21T10:00:00Z", .commit = "abc", .results = {fast, missing}}) ==
        "2026-11-21T10:00:00Z,abc,fast,30000,40000,0.75,\">= 0.5\",yes\n"
        "2026-11-21T10:00:00Z,abc,missing,,,,\">= 6\",-\n");
  }

  TEST_CASE("the picture draws the bars to one scale, and the goal on it") {
    const auto svg = to_svg(fast);
    CHECK(svg.find("width=\"420.0\"") != svg.npos);  // what it is held against
    CHECK(svg.find("width=\"315.0\"") != svg.npos);  // ours, three quarters of it
    CHECK(svg.find("x1=\"400.0\"") != svg.npos);     // the goal, half of it
    CHECK(svg.find("a &lt;ceiling&gt;") != svg.npos);
  }
}
