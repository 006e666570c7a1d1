// Whether a view has been given all that the log has for it.

#include "projections/views/completeness.hpp"

#include <doctest/doctest.h>

#include "projections/inventory/stock.hpp"
#include "projections/views/metrics.hpp"
#include "projections/views/view.hpp"
#include "tests/flows/history.hpp"
#include "tests/simulation/memory_store.hpp"

namespace {

const auto unheard = [](const auto&, const auto&) {};

std::vector<fold::Message> some_log() {
  history::Log log;
  for (int i = 1; i <= 5; ++i) {
    const auto id = "sku-" + std::to_string(i);
    log.fact("inventory/StockItem/" + id, inventory::StockItemCreated{});
    log.stray();
    log.fact("inventory/StockItem/" + id, inventory::StockReceived{.quantity = i});
  }
  return log.messages();
}

}  // namespace

TEST_SUITE("views: completeness") {
  TEST_CASE("a view's own account of what it was given is the log's, at every position") {
    const auto type = inventory::stock();
    const auto log = some_log();
    for (std::size_t batch : {1u, 3u, 100u}) {
      const auto folded = [&](std::size_t at) {
        return std::ptrdiff_t(std::min(at + batch, log.size()));
      };
      simulation::MemoryStore store;
      for (std::size_t at = 0; at < log.size(); at += batch) {
        // A process of its own for each batch.
        views::ViewFold fold{type, store, [](const std::string& why) { FAIL(why); }};
        fold::Runner{store, fold, unheard}.apply(
            {log.begin() + std::ptrdiff_t(at), log.begin() + folded(at)});
        const auto given = views::read_completeness(store);
        views::Audit audit{type};
        fold::NoStore nothing;
        fold::Runner{nothing, audit, unheard}.apply({log.begin(), log.begin() + folded(at)});
        CHECK(audit.found() == given);
      }
      CHECK(views::read_completeness(store).facts == 10);
      CHECK(views::read_completeness(store).position == 10);
    }
  }

  TEST_CASE("what is set aside counts, what the view does not show does not") {
    auto type = inventory::stock();
    type.facts.at("StockReceived") = [](auto&, const auto&, auto) {
      throw std::runtime_error("it cannot be shown");
    };
    type.facts.erase("StockItemCreated");
    simulation::MemoryStore store;
    views::ViewFold fold{type, store, [](const std::string&) {}};
    fold::Runner{store, fold, unheard}.apply(some_log());
    CHECK(views::set_aside(store, type).size() == 5);
    CHECK(views::read_completeness(store).facts == 5);
    CHECK(
        views::metrics({{type, store}}) ==
        "# HELP construct_view_set_aside_keys Keys of the view whose facts are set aside, because "
        "one could not be applied.\n"
        "# TYPE construct_view_set_aside_keys gauge\n"
        "construct_view_set_aside_keys{view=\"stock\",version=\"2\"} 5\n"
        "# HELP construct_view_facts_total Facts that the view has been given, applied or set "
        "aside.\n"
        "# TYPE construct_view_facts_total counter\n"
        "construct_view_facts_total{view=\"stock\",version=\"2\"} 5\n");
  }

  TEST_CASE("the digest tells any difference, but for the order in which keys are folded") {
    struct Fact {
      std::string stream;
      std::uint64_t version, commit;
    };
    const auto digest = [](const std::vector<Fact>& facts) {
      views::Completeness given;
      for (const auto& [stream, version, commit] : facts) given.add(stream, version, commit);
      return given.digest;
    };
    const Fact a{"inventory/StockItem/sku-1", 1, 7}, b{"inventory/StockItem/sku-2", 1, 8};
    CHECK(digest({a, b}) == digest({b, a}));
    CHECK(digest({a}) != digest({b}));
    CHECK(digest({a, b}) != digest({a, b, b}));
    CHECK(digest({a}) != digest({{a.stream, 7, 1}}));
    CHECK(digest({a}) != digest({{a.stream, 2, 7}}));
    CHECK(digest({{"x", 1, 1}}) != digest({{std::string{"x\0", 2}, 1, 1}}));
    // It is stored: a build that computes another one finds every view incomplete.
    CHECK(digest({a, b}) == 0xdcfeaf1f9a2ca6c2u);
  }
}
