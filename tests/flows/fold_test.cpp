#include "commands/flows/fold.hpp"

#include <doctest/doctest.h>

#include "commands/engine/port.hpp"
#include "tests/flows/history.hpp"
#include "tests/flows/restock.hpp"
#include "tests/simulation/memory_store.hpp"

using namespace restock;

namespace {

using Families = flows::FlowsFamilies;

const std::string item = "inventory/StockItem/sku-1";
const StockItemCreated created{
    .product_id = schemas::Id<"Product">{"p-1"}, .location_id = schemas::Id<"Location">{"main"}};

// The flow, folded over a history.
struct Folded {
  explicit Folded(const history::Log& log) { runner.apply(log.messages()); }

  // The keys of the commands that wait, in no particular order.
  std::vector<std::string> waiting() const {
    std::vector<std::string> keys;
    store.scan(Families::outbox, "", "", [&](auto, auto bytes) {
      construct::FlowStep step;
      decode(bytes, step);
      keys.push_back(step.key);
      return true;
    });
    std::ranges::sort(keys);
    return keys;
  }
  construct::FlowInstance instance() const {
    construct::FlowInstance record;
    decode(*store.get(Families::instances, std::string{"restock\0sku-1", 13}), record);
    return record;
  }
  std::size_t stuck() const {
    std::size_t count = 0;
    store.scan(Families::stuck, "", "", [&](auto, auto) { return ++count; });
    return count;
  }

  std::vector<flows::FlowType> types = restock::flows();
  simulation::MemoryStore store;
  flows::FlowsFold fold{store, types};
  fold::Runner runner{store, fold, [](const auto&, const auto&) {}};
};

using Keys = std::vector<std::string>;
const std::string first = "restock/sku-1/deliver-1";

std::string count_key(schemas::Time due) {
  return "restock/sku-1/count@" + std::to_string(due.time_since_epoch().count());
}

}  // namespace

TEST_SUITE("flows: the fold") {
  TEST_CASE("a fact that begins an instance leaves its commands and timers in the outbox") {
    history::Log log;
    log.fact(item, created);
    const Folded folded{log};
    CHECK(folded.waiting() == Keys{count_key(log.now() + count_after), first});
    CHECK(folded.instance().waiting.size() == 2);
  }

  TEST_CASE("a command leaves the outbox when its commit is in the log, whoever sent it") {
    history::Log log;
    log.fact(item, created).decided("flows", first);
    CHECK(Folded{log}.waiting().size() == 1);
    CHECK(Folded{log}.instance().done == Keys{"deliver-1"});
  }

  TEST_CASE("another client's command of the same key is none of its business") {
    history::Log log;
    log.fact(item, created).decided("anonymous", first);
    CHECK(Folded{log}.waiting().size() == 2);
  }

  TEST_CASE("an instance hears the aggregate that began it, and no other") {
    history::Log log;
    log.fact(item, created).fact("inventory/StockItem/sku-2", StockDepleted{.available = 0});
    CHECK(Folded{log}.waiting().size() == 2);
    log.fact(item, StockDepleted{.available = 0});
    CHECK(Folded{log}.waiting().size() == 3);
  }

  TEST_CASE("a timer that is forgotten is gone") {
    history::Log log;
    log.fact(item, created).fact(item, StockCounted{.counted = 5, .difference = 0, .reason = "x"});
    CHECK(Folded{log}.waiting() == Keys{first});
  }

  TEST_CASE("a refusal is heard, and nothing to do is not one") {
    history::Log log;
    const auto due = log.fact(item, created).now() + count_after;
    SUBCASE("refused") {
      log.decided("flows", count_key(due), "inventory/would_go_negative");
      CHECK(Folded{log}.instance().stuck == "inventory/would_go_negative");
      CHECK(Folded{log}.stuck() == 1);
    }
    SUBCASE("nothing to do") {
      log.decided("flows", count_key(due), std::string{engine::nothing_to_do});
      CHECK_FALSE(Folded{log}.instance().stuck);
    }
    SUBCASE("refused where nobody listens: stuck by the step's name") {
      log.decided("flows", first, "inventory/quantity_invalid");
      CHECK(Folded{log}.instance().stuck == "deliver-1_refused");
    }
  }

  TEST_CASE("an end drops the timers, lets commands arrive, and hears nothing more") {
    history::Log log;
    log.fact(item, created)
        .fact(item, StockAdjusted{.delta = -1, .reason = "oops"})
        .fact(item, StockAdjusted{.delta = -1, .reason = "the end"})
        .fact(item, StockDepleted{.available = 0});
    const Folded folded{log};
    CHECK(folded.waiting() == Keys{first});
    CHECK(folded.instance().ended);
    CHECK(folded.stuck() == 0);
    CHECK(folded.instance().follows.empty());
  }

  TEST_CASE("what is refused after the end makes nobody stuck") {
    history::Log log;
    log.fact(item, created)
        .fact(item, StockAdjusted{.delta = -1, .reason = "the end"})
        .decided("flows", first, "inventory/quantity_invalid");
    const Folded folded{log};
    CHECK(folded.waiting().empty());
    CHECK_FALSE(folded.instance().stuck);
    CHECK(folded.stuck() == 0);
  }

  TEST_CASE("folding in one go or commit by commit ends the same") {
    history::Log log;
    log.fact(item, created)
        .fact(item, StockDepleted{.available = 0})
        .decided("flows", first)
        .fact(item, StockAdjusted{.delta = -1, .reason = "oops"});
    const Folded whole{log};
    Folded stepwise{history::Log{}};
    for (const auto& message : log.messages()) stepwise.runner.apply({message});
    CHECK(stepwise.waiting() == whole.waiting());
    CHECK(encode(stepwise.instance()) == encode(whole.instance()));
  }
}
