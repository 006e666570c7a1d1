// A view's rows against those of a fresh fold.
#include "projections/views/comparison.hpp"

#include <doctest/doctest.h>

#include "projections/inventory/stock.hpp"
#include "projections/views/view.hpp"
#include "tests/flows/history.hpp"
#include "tests/simulation/memory_store.hpp"

namespace {

struct Kept {
  Kept() {
    history::Log log;
    for (int i = 1; i <= items; ++i) {
      const auto stream = "inventory/StockItem/sku-" + std::to_string(i);
      log.fact(stream, inventory::StockItemCreated{});
      log.fact(stream, inventory::StockReceived{.quantity = i});
    }
    for (auto* store : {&kept, &fresh}) {
      views::ViewFold fold{type, *store, [](const auto&) {}};
      fold::Runner runner{*store, fold, [](const auto&, const auto&) {}};
      runner.apply(log.messages());
    }
  }
  views::Comparison compare() const { return views::compare_rows(type, kept, fresh); }
  void change(const std::string& key, std::optional<std::string> row) {
    kept.write({{table, key, std::move(row)}});
  }

  static constexpr int items = 2'500;  // more than are read at once
  const views::ViewType type = inventory::stock();
  const fold::Family table = views::family(type, "items");
  simulation::MemoryStore kept, fresh;
};

}  // namespace

TEST_SUITE("views: comparison") {
  TEST_CASE_FIXTURE(Kept, "what two folds of one log made is the same") {
    const auto found = compare();
    CHECK(found.rows == items);
    CHECK(found.differing == 0);
    CHECK_FALSE(found.first);
  }
  TEST_CASE_FIXTURE(Kept, "any row that was changed, taken away or added is named") {
    const auto named = [&](const std::string& key) {
      const auto found = compare();
      CHECK(found.differing == 1);
      REQUIRE(found.first);
      CHECK(found.first->table == "items");
      CHECK(found.first->key == key);
    };
    for (const std::string key : {"sku-1", "sku-1000", "sku-2500", "sku-999"}) {
      const auto row = kept.get(table, key).value();
      for (const std::size_t at : {std::size_t{0}, row.size() / 2, row.size() - 1}) {
        auto other = row;
        other[at] = static_cast<char>(other[at] ^ 1);
        change(key, other);
        named(key);
      }
      change(key, std::nullopt);
      named(key);
      change(key, row);
      CHECK(compare().differing == 0);
    }
    for (const auto* key : {"a", "sku-1~", "z"}) {
      change(key, kept.get(table, "sku-1"));
      named(key);
      change(key, std::nullopt);
    }
  }
}
