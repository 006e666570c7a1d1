#include "commands/flows/errands.hpp"

#include <doctest/doctest.h>

#include <atomic>

#include "commands/flows/fold.hpp"
#include "gateways/rocks/database.hpp"
#include "tests/flows/history.hpp"
#include "tests/flows/restock.hpp"
#include "tests/support/temporary.hpp"
#include "tests/support/wait.hpp"

using namespace restock;

namespace {

using std::chrono::microseconds;

const std::string item = "inventory/StockItem/sku-1";
const StockItemCreated created{
    .product_id = schemas::Id<"Product">{"p-1"}, .location_id = schemas::Id<"Location">{"main"}};
const std::string first = "restock/sku-1/deliver-1";

// Time stands still until a test moves it.
class Clock final : public kernel::Clock {
 public:
  schemas::Time now() const override { return schemas::Time{microseconds{now_ + off_by_}}; }
  microseconds elapsed() const override { return microseconds{now_}; }
  void set(schemas::Time time) { now_ = time.time_since_epoch().count(); }
  void set_off_by(microseconds off_by) { off_by_ = off_by.count(); }

 private:
  std::atomic<std::int64_t> now_{history::beginning.time_since_epoch().count()};
  std::atomic<std::int64_t> off_by_{0};
};

// The process that runs the flow, with somebody who takes the commands and writes down their keys.
class Process {
 public:
  Process(history::Log& log, const Clock& clock, const std::filesystem::path& folder)
      : store_{
            rocks::Database::As::primary,
            folder,
            {flows::FlowsFamilies::names.begin(), flows::FlowsFamilies::names.end()}},
        errands_{{
            .name = "flows",
            .log = log,
            .store = store_,
            .fold = fold_,
            .clock = clock,
            .attempt =
                [this](const auto&, const auto& bytes, unsigned tries, auto done) {
                  construct::FlowStep step;
                  decode(bytes, step);
                  {
                    const std::lock_guard lock{mutex_};
                    tried_.emplace_back(step.key, tries);
                  }
                  done(again_);
                },
            .folded = [] {},
            .alarm =
                [this](const std::string& text) {
                  const std::lock_guard lock{mutex_};
                  alarms_.push_back(text);
                },
            .failed = [](const std::string& why) { FAIL(why); }}} {}

  std::size_t tried(const std::string& key) const {
    const std::lock_guard lock{mutex_};
    return std::ranges::count(tried_, key, &std::pair<std::string, unsigned>::first);
  }
  unsigned first_tries(const std::string& key) const {
    const std::lock_guard lock{mutex_};
    return std::ranges::find(tried_, key, &std::pair<std::string, unsigned>::first)->second;
  }
  std::size_t resume() {
    auto released = errands_.resume();
    if (released.wait_for(support::patience) != std::future_status::ready)
      throw std::runtime_error("nothing came");
    return released.get();
  }
  std::size_t alarms() const {
    const std::lock_guard lock{mutex_};
    return alarms_.size();
  }
  bool shows(const std::string& line) const {
    return errands_.metrics().find("\n" + line + "\n") != std::string::npos;
  }
  bool has_folded(const history::Log& log) const {
    return errands_.folded() == log.last_sequence();
  }

 private:
  mutable std::mutex mutex_;  // guards the next two
  std::vector<std::pair<std::string, unsigned>> tried_;
  std::vector<std::string> alarms_;
  microseconds again_{std::chrono::minutes{1}};
  std::vector<flows::FlowType> types_ = restock::flows();
  rocks::Database store_;
  flows::FlowsFold fold_{store_, types_};
  flows::Errands errands_;
};

struct World {
  history::Log log;
  Clock clock;
  support::TemporaryFolder folder;
};

}  // namespace

TEST_SUITE("flows: errands") {
  TEST_CASE("a command is tried at once, and again until the log shows it") {
    World world;
    const Process process{world.log, world.clock, world.folder.path()};
    world.log.fact(item, created);
    REQUIRE(support::eventually([&] { return process.tried(first) == 1; }));
    world.clock.set(world.log.now() + std::chrono::minutes{2});
    REQUIRE(support::eventually([&] { return process.tried(first) == 2; }));
    world.log.decided("flows", first);
    REQUIRE(support::eventually([&] { return process.shows("construct_flows_waiting 1"); }));
  }

  TEST_CASE("a timer fires when it is due, not before, and after a restart too") {
    World world;
    world.clock.set(history::beginning);
    std::string count;
    {
      const Process process{world.log, world.clock, world.folder.path()};
      world.log.fact(item, created);
      count = "restock/sku-1/count@" +
              std::to_string((world.log.now() + count_after).time_since_epoch().count());
      REQUIRE(support::eventually([&] { return process.tried(first) == 1; }));
      CHECK(process.tried(count) == 0);
    }
    world.clock.set(world.log.now() + count_after);
    const Process process{world.log, world.clock, world.folder.path()};
    REQUIRE(support::eventually([&] { return process.tried(count) == 1; }));
    // A process before this one may have tried, and what it asked may have happened.
    CHECK(process.first_tries(count) == 1);
  }

  TEST_CASE("whoever waits to be tried again waits no longer when the clock is set back") {
    World world;
    world.clock.set_off_by(std::chrono::hours{3});
    const Process process{world.log, world.clock, world.folder.path()};
    world.log.fact(item, created);
    REQUIRE(support::eventually([&] { return process.tried(first) == 1; }));
    world.clock.set_off_by({});
    world.clock.set(world.log.now() + std::chrono::minutes{2});
    REQUIRE(support::eventually([&] { return process.tried(first) == 2; }));
    world.clock.set_off_by(-std::chrono::hours{3});
    world.log.fact(item, StockDepleted{.available = 0});
    REQUIRE(support::eventually([&] { return process.tried("restock/sku-1/deliver-2") == 1; }));
  }

  TEST_CASE("a timer that a wrong clock fired too early fires when it is due") {
    World world;
    world.clock.set_off_by(count_after);
    const Process process{world.log, world.clock, world.folder.path()};
    world.log.fact(item, created);
    const auto due = world.log.now() + count_after;
    const auto count = "restock/sku-1/count@" + std::to_string(due.time_since_epoch().count());
    world.clock.set(world.log.now());
    REQUIRE(support::eventually([&] { return process.tried(count) == 1; }));
    world.clock.set_off_by({});
    world.clock.set(due);
    REQUIRE(support::eventually([&] { return process.tried(count) == 2; }));
  }

  TEST_CASE("a rebuild sends nothing that was sent, and holds back what nobody sent") {
    World world;
    world.log.fact(item, created).decided("flows", first).fact(item, StockDepleted{.available = 0});
    const std::string invented = "restock/sku-1/deliver-2";
    {
      const Process process{world.log, world.clock, world.folder.path()};
      REQUIRE(support::eventually([&] { return process.has_folded(world.log); }));
      REQUIRE(support::eventually([&] { return process.shows("construct_flows_held 1"); }));
      CHECK(process.alarms() == 1);
      // The timer goes on: it is not due yet.
      CHECK(process.shows("construct_flows_waiting 1"));
      // What comes after the history is sent.
      world.log.fact(item, StockDepleted{.available = 0});
      REQUIRE(support::eventually([&] { return process.tried("restock/sku-1/deliver-3") == 1; }));
      CHECK(process.tried(first) == 0);
      CHECK(process.tried(invented) == 0);
    }
    {
      const Process again{world.log, world.clock, world.folder.path()};
      REQUIRE(support::eventually([&] { return again.tried("restock/sku-1/deliver-3") == 1; }));
      CHECK(again.tried(invented) == 0);
      CHECK(again.alarms() == 0);
    }
    Process released{world.log, world.clock, world.folder.path()};
    CHECK(released.resume() == 1);
    REQUIRE(support::eventually([&] { return released.tried(invented) == 1; }));
  }

  TEST_CASE("when a backup was restored, nothing is tried until somebody says so") {
    World world;
    world.log.fact(item, created).restored();
    {
      const Process process{world.log, world.clock, world.folder.path()};
      world.log.fact(item, StockDepleted{.available = 0});
      REQUIRE(support::eventually([&] { return process.has_folded(world.log); }));
      REQUIRE(support::eventually([&] { return process.shows("construct_flows_waiting 2"); }));
      CHECK(process.shows("construct_flows_paused 1"));
    }
    Process process{world.log, world.clock, world.folder.path()};
    REQUIRE(support::eventually([&] { return process.shows("construct_flows_waiting 2"); }));
    CHECK(process.shows("construct_flows_paused 1"));
    CHECK(process.tried("restock/sku-1/deliver-2") == 0);
    CHECK(process.resume() == 1);
    REQUIRE(support::eventually([&] { return process.tried(first) == 1; }));
    REQUIRE(support::eventually([&] { return process.tried("restock/sku-1/deliver-2") == 1; }));
    world.log.fact(item, StockDepleted{.available = 0});
    REQUIRE(support::eventually([&] { return process.tried("restock/sku-1/deliver-3") == 1; }));
  }
}
