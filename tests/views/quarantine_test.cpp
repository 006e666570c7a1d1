// Facts that a view cannot apply: what is set aside, what goes on, and what a retry brings back.

#include "projections/views/quarantine.hpp"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <cstdlib>
#include <set>

#include "domain/fold/fold.hpp"
#include "projections/inventory/stock.hpp"
#include "projections/views/view.hpp"
#include "tests/simulation/memory_store.hpp"
#include "tests/simulation/random.hpp"
#include "tests/support/seed.hpp"
#include "tests/support/stored.hpp"

using namespace inventory;
using simulation::Random;

namespace {

using Fails = std::function<bool(const views::FactInfo&)>;

// The view "stock" by code that fails at some facts, after it has written already.
views::ViewType failing(Fails fails, bool whole = false) {
  auto type = stock();
  type.whole = whole;
  for (auto& [name, apply] : type.facts)
    apply = [fails, right = std::move(apply)](auto& tables, const auto& info, auto data) {
      right(tables, info, data);
      if (fails(info)) throw std::runtime_error("it cannot be shown");
    };
  return type;
}

// A log of stock items, with several facts in a commit, of one item or of more.
class History {
 public:
  explicit History(Random& random, std::size_t commits) {
    for (std::size_t i = 0; i < commits; ++i) {
      auto& commit = commits_.emplace_back();
      commit.at = schemas::Time{std::chrono::seconds{i}};
      commit.actor = "ann";
      for (auto facts = random.between(1, 3); facts > 0; --facts)
        add(commit, random, fmt::format("sku-{}", random.below(12)));
    }
  }
  History() = default;

  template <class Fact>
  void add(construct::Commit& commit, const std::string& id, const Fact& fact) {
    auto& stored = commit.facts.emplace_back();
    stored.aggregate = "inventory/StockItem/" + id;
    stored.version = ++versions_[id];
    stored.type = Fact::type_name;
    stored.data.data = encode(fact);
  }
  template <class Fact>
  History& commit(const std::string& id, const Fact& fact) {
    add(commits_.emplace_back(), id, fact);
    return *this;
  }
  const std::vector<construct::Commit>& commits() const { return commits_; }

 private:
  void add(construct::Commit& commit, Random& random, const std::string& id) {
    if (!versions_.contains(id))
      return add(commit, id, StockItemCreated{.product_id = schemas::Id<"Product">{"p-1"}});
    if (random.one_in(3))
      return add(commit, id, ThresholdsSet{.low_threshold = random.between(0, 9)});
    if (random.one_in(2))
      return add(
          commit,
          id,
          StockReserved{
              .reservation_id = schemas::Id<"Reservation">{fmt::format("r-{}", ++reservations_)},
              .quantity = random.between(1, 3)});
    add(commit, id, StockReceived{.quantity = random.between(1, 9)});
  }

  std::vector<construct::Commit> commits_;
  std::map<std::string, std::uint64_t> versions_;
  int reservations_ = 0;
};

// A process that folds a view: it may die at any write, and be started again with other code.
class Projector {
 public:
  explicit Projector(views::ViewType type) { start(std::move(type)); }

  void start(views::ViewType type) {
    fold_.reset();
    type_ = std::move(type);
    fold_.emplace(type_, store, [this](const std::string& text) { alarms.push_back(text); });
  }
  // Folds from where the store stands through commit `end`, in batches of up to `most` commits.
  void fold(const History& history, std::size_t end, Random& random, std::int64_t most = 1) {
    for (auto at = place(); at < end;) {
      fold::Batch batch;
      auto left = std::min<std::size_t>(end - at, random.between(1, most));
      for (; left > 0; --left, ++at)
        fold_->apply(support::Stored{at, history.commits()[at]}.view(), batch);
      fold_->flush(batch);
      batch.push_back(
          {fold::cursor_family,
           "cursor",
           encode(construct::Cursor{.next_commit = at, .hash = {std::string(32, '\0')}})});
      write(batch);
      at = place();
    }
  }
  views::ViewFold::Retried retry(std::string_view key) {
    fold::Batch batch;
    const auto retried = fold_->retry(key, batch);
    return write(batch) ? retried : retry(key);
  }
  std::vector<views::SetAside> set_aside() const { return views::set_aside(store, type_); }
  bool is_set_aside(std::string_view key) const { return views::is_set_aside(store, type_, key); }
  std::size_t place() const {
    const auto cursor = fold::read_cursor(store);
    return cursor ? cursor->head.next : 0;
  }
  // Everything in the store, but for the note of when something resumed.
  std::map<std::string, std::string> content() const {
    std::map<std::string, std::string> all;
    for (fold::Family family = 0; family <= views::quarantine_family(type_); ++family)
      for (const auto& [key, value] : store.keys_of(family))
        if (family != fold::cursor_family || key != "resumed")
          all[std::to_string(family) + ' ' + key] = value;
    return all;
  }
  const views::ViewType& type() const { return type_; }

  simulation::MemoryStore store;
  std::vector<std::string> alarms;

 private:
  bool write(const fold::Batch& batch) {
    try {
      store.write(batch);
      return true;
    } catch (const simulation::PowerCut&) {
      store.restore_power();
      start(type_);
      return false;
    }
  }

  views::ViewType type_;
  std::optional<views::ViewFold> fold_;
};

StockItemCreated created() { return {.product_id = schemas::Id<"Product">{"p-1"}}; }
StockReceived received(std::int64_t quantity) { return {.quantity = quantity}; }

Fails at(std::string stream, std::uint64_t version) {
  return [stream = "inventory/StockItem/" + std::move(stream), version](const auto& info) {
    return info.stream == stream && info.version == version;
  };
}

std::optional<std::int64_t> on_hand(const Projector& projector, const std::string& id) {
  const auto stored = projector.store.get(views::family(projector.type(), items.name), id);
  if (!stored) return std::nullopt;
  StockItemRow row;
  decode(views::from_stored(id, *stored).bytes, row);
  return row.quantity_on_hand;
}

}  // namespace

TEST_SUITE("views: quarantine") {
  TEST_CASE(
      "a fact that cannot be applied sets its key aside with what follows; the rest goes on") {
    History history;
    history.commit("a", created()).commit("b", created());
    history.commit("a", received(1)).commit("b", received(1));
    history.commit("a", received(2)).commit("b", received(2));
    Random random{1};
    Projector projector{failing(at("a", 2))};
    projector.fold(history, 6, random);
    CHECK(on_hand(projector, "a") == 0);
    CHECK(on_hand(projector, "b") == 3);
    const auto aside = projector.set_aside();
    REQUIRE(aside.size() == 1);
    CHECK(aside[0].key == "a");
    CHECK(aside[0].facts == 2);
    CHECK(aside[0].first == 2);
    CHECK(aside[0].why == "inventory/StockItem/a version 2, StockReceived: it cannot be shown");
    CHECK(projector.alarms.size() == 1);
    CHECK(projector.is_set_aside("a"));
    CHECK(projector.is_set_aside("a~r-1"));
    CHECK_FALSE(projector.is_set_aside("b"));
    CHECK_FALSE(projector.is_set_aside("ab"));
  }

  TEST_CASE("a first fact that cannot be applied leaves no row, and no entry of an index") {
    History history;
    history.commit("a", created()).commit("a", received(1));
    Random random{1};
    Projector projector{failing(at("a", 1))};
    projector.fold(history, 2, random, 2);
    for (fold::Family family = 1; family < views::quarantine_family(projector.type()); ++family)
      CHECK(projector.store.keys_of(family).empty());
    CHECK(projector.set_aside().at(0).facts == 2);
  }

  TEST_CASE("what cannot be applied still stays, with the new reason") {
    History history;
    history.commit("a", created()).commit("a", received(1)).commit("a", received(2));
    Random random{1};
    Projector projector{failing(at("a", 2))};
    projector.fold(history, 3, random);
    projector.start(failing(at("a", 3)));
    const auto [resumed, still_aside] = projector.retry("a");
    CHECK(resumed == 0);
    CHECK(still_aside == 1);
    CHECK(on_hand(projector, "a") == 0);
    CHECK(projector.set_aside().at(0).why.starts_with("inventory/StockItem/a version 3,"));
    CHECK(projector.retry("b").resumed == 0);
    projector.start(stock());
    CHECK(projector.retry("a").resumed == 1);
    CHECK(on_hand(projector, "a") == 3);
    CHECK(projector.set_aside().empty());
    CHECK(views::resumed_before(projector.store) == 3);
  }

  TEST_CASE("a view whose rows mix aggregates is set aside whole") {
    History history;
    history.commit("a", created()).commit("b", created());
    history.commit("a", received(1)).commit("b", received(2));
    Random random{1};
    Projector projector{failing(at("a", 2), true)};
    projector.fold(history, 4, random);
    CHECK(on_hand(projector, "b") == 0);
    CHECK(projector.set_aside().at(0).key == views::whole_view);
    CHECK(projector.is_set_aside("b"));
    projector.start(failing([](const auto&) { return false; }, true));
    CHECK(projector.retry("").resumed == 1);
    CHECK(on_hand(projector, "b") == 2);
    CHECK_FALSE(projector.is_set_aside("b"));
  }

  TEST_CASE("a fact that touches a row of another id is refused, with what to do") {
    auto type = stock();
    type.facts.at("StockReceived") = [](auto& tables, const auto&, auto) {
      tables.get(items, "a");
    };
    History history;
    history.commit("a", created()).commit("ab", received(1));
    Random random{1};
    Projector projector{std::move(type)};
    projector.fold(history, 2, random);
    CHECK(
        projector.set_aside().at(0).why ==
        "inventory/StockItem/ab version 1, StockReceived: the row a of items is not of the id ab "
        "that the fact is of; give it a key that begins with ab~, or declare the view stock "
        "whole()");
  }

  TEST_CASE("a failing disk ends the fold and sets nothing aside") {
    struct Failing final : simulation::MemoryStore {
      bool fails = false;
      std::optional<std::string> get(fold::Family family, std::string_view key) const override {
        if (fails) throw fold::StoreFailed("the disk is gone");
        return MemoryStore::get(family, key);
      }
    } store;
    const auto type = stock();
    views::ViewFold fold{type, store, [](const std::string&) { FAIL("nothing is set aside"); }};
    store.fails = true;
    History history;
    history.commit("a", received(1));
    fold::Batch batch;
    CHECK_THROWS_AS(
        fold.apply(support::Stored{0, history.commits()[0]}.view(), batch), fold::StoreFailed);
  }

  TEST_CASE("killed anywhere, mended and retried, a view is what the mended code folds afresh") {
    const auto given = support::number_from("CONSTRUCT_SEED");
    const auto first = given.value_or(1);
    for (auto seed = first; seed < first + (given ? 1 : 60); ++seed) {
      INFO("CONSTRUCT_SEED=", seed);
      Random random{seed};
      const History history{random, 150};
      const auto end = history.commits().size();
      Projector fresh{stock()};
      fresh.fold(history, end, random, 40);

      const auto salt = random.next();
      const auto share = random.between(5, 60);
      const bool whole = random.one_in(5);
      const Fails fails = [=](const views::FactInfo& info) {
        return Random{salt ^ info.version * 31 ^ info.id.back() * 7919u ^ info.id.size()}.one_in(
            share);
      };
      Projector projector{failing(fails, whole)};
      const auto kill_soon = [&] { projector.store.cut_power_after(random.below(6)); };
      for (auto part = end / 3; part < end; part += end / 3) {
        kill_soon();
        projector.fold(history, part, random, 20);
        kill_soon();
        projector.retry("");  // by the same code: nothing resumes that had failed
      }
      Projector so_far{stock()};
      so_far.fold(history, projector.place(), random, 40);
      const auto family = views::family(fresh.type(), "items");
      for (const auto& [key, row] : so_far.store.keys_of(family))
        if (!projector.is_set_aside(key)) CHECK((projector.store.get(family, key) == row));
      CHECK(projector.set_aside().size() == views::count_set_aside(projector.store));
      const std::set<std::string> told{projector.alarms.begin(), projector.alarms.end()};
      CHECK(told.size() >= projector.set_aside().size());

      projector.start(failing([](const auto&) { return false; }, whole));
      kill_soon();
      if (random.one_in(2))
        for (const auto& aside : projector.set_aside()) projector.retry(aside.key);
      projector.fold(history, end - random.below(9), random, 20);
      kill_soon();
      projector.retry("");
      projector.fold(history, end, random, 20);
      CHECK(projector.set_aside().empty());
      CHECK((projector.content() == fresh.content()));
    }
  }
}
