// The clock of the engine that leads jumps: what it writes into the log is what time it is.
#include <doctest/doctest.h>

#include <optional>

#include "tests/simulation/asked.hpp"
#include "tests/simulation/chain.hpp"
#include "tests/simulation/machine.hpp"

namespace simulation {
namespace {

using std::chrono::hours;
using std::chrono::seconds;

struct Jumping {
  Timeline timeline;
  Random random{1};
  const Trace trace{timeline, nullptr};
  MemoryLog log;
  Network network{timeline, random, log, beginning};
  bool leads = false;
  Machine machine{
      {.timeline = timeline,
       .random = random,
       .log = log,
       .network = network,
       .limits = {},
       .trace = trace,
       .leads = [this](const auto&, auto) { leads = true; }},
      milliseconds{200}};
  Chain chain;
  int asked = 0;

  Jumping() {
    log.when_appended([this] { machine.notice(); });
  }

  void pass(seconds time) { timeline.run_until(timeline.now() + time); }
  // How far the time of a commit that is made now is from the server's.
  std::optional<microseconds> error() {
    const auto key = "k-" + std::to_string(++asked);
    const Asked command{inventory::CreateStockItem{
        .inventory_id = schemas::Id<"StockItem">{key},
        .product_id = schemas::Id<"Product">{"p"},
        .location_id = schemas::Id<"Location">{"l"}}};
    std::optional<Time> decided;
    machine.submit(
        {.type = schemas::platform().table(name_of(command)),
         .body = encoded(command),
         .client = "c",
         .key = key,
         .actor = "c"},
        [&](const engine::Answer& answer) {
          if (std::holds_alternative<engine::Accepted>(answer))
            decided = beginning + timeline.now();
        });
    pass(seconds{1});
    if (!decided) return std::nullopt;
    chain.follow(log);
    CHECK(chain.faults().empty());
    return chain.entries().back().commit.at - *decided;
  }
  bool right() {
    const auto off = error();
    return off && std::chrono::abs(*off) < seconds{1};
  }
};

}  // namespace

TEST_SUITE("engine: the leader's time") {
  TEST_CASE_FIXTURE(Jumping, "a clock that jumps by hours changes nothing") {
    machine.start();
    pass(seconds{1});
    REQUIRE(right());
    for (const auto off_by : {hours{3}, -hours{3}, hours{6}, hours{0}}) {
      machine.clock().set_off_by(off_by);
      CHECK(right());
      pass(seconds{30});
      CHECK(right());
    }
  }

  TEST_CASE_FIXTURE(Jumping, "a jump that the server confirms holds from then on") {
    machine.clock().set_off_by(-seconds{4});
    machine.start();
    pass(seconds{1});
    CHECK(!right());
    machine.clock().set_off_by(seconds{2});
    pass(seconds{1});
    const auto off = error();
    REQUIRE(off.has_value());
    CHECK(*off > seconds{1});
  }

  TEST_CASE_FIXTURE(Jumping, "an engine whose clock is wrong does not take the lead") {
    machine.clock().set_off_by(hours{1});
    machine.start();
    pass(seconds{10});
    CHECK(!leads);
    machine.clock().set_off_by({});
    pass(seconds{10});
    CHECK(leads);
    CHECK(right());
  }
}

}  // namespace simulation
