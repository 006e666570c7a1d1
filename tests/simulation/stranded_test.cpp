// An engine that is cut off together with a server of the log that was deposed without knowing it:
// to both of them nothing has happened.
#include <doctest/doctest.h>

#include <map>
#include <optional>

#include "tests/simulation/asked.hpp"
#include "tests/simulation/machine.hpp"

namespace simulation {
namespace {

struct Stranding {
  Timeline timeline;
  Random random{1};
  const Trace trace{timeline, nullptr};
  MemoryLog log;
  Network network{timeline, random, log, beginning};
  std::map<std::uint64_t, const Machine*> leaders;  // by epoch
  Machine::Surroundings around{
      .timeline = timeline,
      .random = random,
      .log = log,
      .network = network,
      .limits = {},
      .trace = trace,
      .leads = [this](const auto& machine, auto epoch) { leaders.emplace(epoch, &machine); }};
  Machine one{around, milliseconds{200}}, other{around, milliseconds{200}};

  Stranding() {
    log.when_appended([this] {
      one.notice();
      other.notice();
    });
  }

  std::optional<engine::Answer> ask(Machine& machine, const Asked& asked) {
    std::optional<engine::Answer> answer;
    machine.submit(
        {.type = schemas::platform().table(name_of(asked)),
         .body = encoded(asked),
         .client = "c",
         .key = std::string{name_of(asked)},
         .actor = "c"},
        [&answer](engine::Answer said) { answer = std::move(said); });
    timeline.run_until(timeline.now() + seconds{1});
    return answer;
  }

  // What the first is told to refuse, and the second has made possible.
  std::optional<engine::Answer> refusal_of_the_stranded() {
    const schemas::Id<"StockItem"> item{"sku-1"};
    one.start();
    timeline.run_until(seconds{1});
    REQUIRE(leaders.rbegin()->second == &one);
    one.strand(seconds{10});
    other.start();
    timeline.run_until(seconds{2});
    REQUIRE(leaders.rbegin()->second == &other);
    const auto made =
        ask(other,
            inventory::CreateStockItem{
                .inventory_id = item,
                .product_id = schemas::Id<"Product">{"p"},
                .location_id = schemas::Id<"Location">{"l"}});
    REQUIRE(std::holds_alternative<engine::Accepted>(made.value()));
    return ask(one, inventory::ReceiveStock{.inventory_id = item, .quantity = 1, .source_ref = ""});
  }
};

}  // namespace

TEST_SUITE("engine: stranded with a server of the log") {
  TEST_CASE_FIXTURE(Stranding, "where several keep the log, it does not refuse what is possible") {
    network.replicated = true;
    CHECK(!refusal_of_the_stranded().has_value());
  }

  // Which is why the other case means something.
  TEST_CASE_FIXTURE(Stranding, "if it believed what it sees, it would") {
    const auto answer = refusal_of_the_stranded();
    REQUIRE(answer.has_value());
    CHECK(std::holds_alternative<engine::Rejected>(*answer));
  }
}

}  // namespace simulation
