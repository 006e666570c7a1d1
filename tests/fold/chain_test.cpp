#include <doctest/doctest.h>

#include <algorithm>
#include <random>

#include "domain/fold/fold.hpp"
#include "schemas/inventory.hpp"
#include "tests/simulation/memory_store.hpp"
#include "tests/support/seed.hpp"

namespace {

using fold::Head;
using fold::Message;

construct::StoredCommit commit(
    const std::string& aggregate, std::string_view type, std::string data) {
  construct::Commit content;
  auto& fact = content.facts.emplace_back();
  fact.aggregate = aggregate;
  fact.version = 1;
  fact.type = type;
  fact.data.data = std::move(data);
  construct::StoredCommit stored;
  stored.bytes.data = encode(content);
  return stored;
}

construct::StoredCommit genesis() {
  return commit(
      "construct/Log/test", "LogStarted", encode(construct::LogStarted{.incarnation = "0badcafe"}));
}
construct::StoredCommit received(std::int64_t quantity) {
  return commit(
      "inventory/StockItem/sku-1",
      "StockReceived",
      encode(inventory::StockReceived{.quantity = quantity}));
}

// A log under construction, as its writer sees it.
struct Writer {
  Head head;
  std::vector<Message> messages;

  Writer& block(std::vector<construct::StoredCommit> commits, std::uint64_t epoch = 1) {
    return raw(fold::make_block(head, epoch, std::move(commits)));
  }
  Writer& raw(std::string bytes) {
    messages.push_back({messages.size() + 1, std::move(bytes)});
    fold::follow(head, messages.back());
    return *this;
  }
};

bool same(const fold::CommitView& view, const construct::Commit& commit) {
  const auto same_fact = [](const fold::FactView& seen, const construct::Fact& fact) {
    return seen.aggregate == fact.aggregate && seen.version == fact.version &&
           seen.type == fact.type && seen.data == fact.data.data;
  };
  return view.command_id == commit.command_id.data && view.command == commit.command &&
         view.client == commit.client && view.correlation == commit.correlation &&
         view.causation == commit.causation && view.actor == commit.actor && view.at == commit.at &&
         view.rejection == commit.rejection &&
         std::ranges::equal(view.facts, commit.facts, same_fact);
}

// Counts what it is given.
struct Adding final : fold::Fold {
  const fold::Store& store;
  std::int64_t pending = 0;
  explicit Adding(const fold::Store& in) : store{in} {}
  void apply(const fold::CommitView& commit, fold::Batch&) override {
    if (commit.facts.front().type != "StockReceived") return;
    inventory::StockReceived fact;
    decode(commit.facts.front().data, fact);
    pending += fact.quantity;
  }
  void flush(fold::Batch& batch) override {
    batch.push_back({1, "sum", std::to_string(total() + pending)});
    pending = 0;
  }
  std::int64_t total() const { return std::stoll(store.get(1, "sum").value_or("0")); }
};

}  // namespace

TEST_SUITE("fold: the chain") {
  TEST_CASE("a block that follows the one before is part of the log") {
    Writer log;
    log.block({genesis()}).block({received(1), received(2)}).block({});
    CHECK(log.head.next == 3);
    CHECK(log.head.sequence == 3);
  }

  TEST_CASE("what is not the next block is passed over, and the log goes on behind it") {
    Writer log;
    log.block({genesis()}, 5);
    const auto before = log.head;
    auto wrong_number = before, wrong_hash = before;
    ++wrong_number.next;
    wrong_hash.hash[0] ^= 1;
    for (const auto& stray :
         {std::string{},
          std::string{"stray"},
          std::string(100, '\xff'),
          fold::make_block(wrong_number, 5, {}),
          fold::make_block(wrong_hash, 5, {}),
          fold::make_block(before, 4, {}),
          log.messages.front().data}) {
      log.raw(stray);
      CHECK(log.head.hash == before.hash);
      CHECK(log.head.next == before.next);
    }
    log.block({received(1)}, 5);
    CHECK(log.head.next == before.next + 1);
  }

  TEST_CASE("a higher epoch takes the log over, and the lower one is out") {
    Writer log;
    log.block({genesis()}, 1);
    const auto old = log.head;
    log.block({}, 2);
    auto late = log.head;
    const Message message{9, fold::make_block(log.head, 1, {received(1)})};
    CHECK_FALSE(fold::follow(late, message));
    CHECK(old.epoch == 1);
    CHECK(late.epoch == 2);
  }

  TEST_CASE("a block of a newer format is not passed over: it names the version that is needed") {
    construct::Block block;
    block.format = 99;
    block.written_by = "9.9.9";
    block.epoch = 1;
    block.previous.data = std::string(32, '\0');
    Head head;
    const Message message{1, encode(block)};
    CHECK_THROWS_WITH_AS(
        fold::follow(head, message), doctest::Contains("construct 9.9.9"), fold::NewerBuildNeeded);
  }
}

TEST_SUITE("fold: views") {
  TEST_CASE("a commit read where it lies is the commit") {
    std::mt19937_64 random{support::seed()};
    const auto text = [&] {
      std::string made(random() % 40, '\0');
      for (auto& byte : made) byte = static_cast<char>(random());
      return made;
    };
    for (int i = 0; i < 200; ++i) {
      construct::Commit commit;
      commit.command_id.data = text();
      commit.command = text();
      commit.client = text();
      commit.correlation = text();
      commit.causation = text();
      commit.actor = text();
      commit.at = schemas::Time{std::chrono::microseconds{static_cast<std::int64_t>(random())}};
      if (random() % 2 == 0) commit.rejection = text();
      for (auto facts = random() % 4; facts > 0; --facts)
        commit.facts.push_back(
            {.aggregate = text(), .version = random() >> 1, .type = text(), .data = {text()}});
      const auto bytes = encode(commit);
      fold::CommitView view;
      fold::read(7, bytes, view);
      CHECK(same(view, commit));
      // Cut off anywhere it is no commit, and nothing worse.
      const auto cut = bytes.substr(0, random() % bytes.size());
      try {
        fold::read(7, cut, view);
      } catch (const schemas::Corrupt&) {
      }
      // And of any damaged byte nothing worse comes either.
      auto damaged = bytes;
      damaged[random() % damaged.size()] ^= static_cast<char>(1 << random() % 8);
      try {
        fold::read(7, damaged, view);
      } catch (const schemas::Corrupt&) {
      }
    }
  }
}

TEST_SUITE("fold: the runner") {
  TEST_CASE(
      "however its messages come in groups, and however often it is thrown away, it folds the "
      "same") {
    Writer log;
    log.block({genesis()});
    std::int64_t expected = 0;
    for (int i = 1; i <= 20; ++i) {
      log.block({received(i), received(1)});
      if (i % 5 == 0) log.raw("stray");
      expected += i + 1;
    }
    for (std::size_t group = 1; group <= log.messages.size(); ++group) {
      simulation::MemoryStore store;
      for (std::size_t at = 0; at < log.messages.size(); at += group) {
        Adding adding{store};
        fold::Runner runner{store, adding, [](const auto&, const auto&) {}};
        const auto end = std::min(at + group, log.messages.size());
        runner.apply(
            {log.messages.begin() + static_cast<std::ptrdiff_t>(at),
             log.messages.begin() + static_cast<std::ptrdiff_t>(end)});
        CHECK(runner.cursor().incarnation == "0badcafe");
      }
      CHECK(Adding{store}.total() == expected);
      CHECK(fold::read_cursor(store)->head.next == log.head.next);
    }
  }

  TEST_CASE("a message delivered again is not folded again") {
    Writer log;
    log.block({genesis()}).block({received(3)});
    simulation::MemoryStore store;
    Adding adding{store};
    fold::Runner runner{store, adding, [](const auto&, const auto&) {}};
    runner.apply(log.messages);
    runner.apply(log.messages);
    runner.apply({log.messages.back()});
    CHECK(adding.total() == 3);
  }

  TEST_CASE(
      "a fact that this build does not know stops the fold, and nothing of its group is kept") {
    Writer log;
    log.block({genesis()})
        .block({received(3)})
        .block({commit("inventory/StockItem/sku-1", "StockTeleported", "x")});
    simulation::MemoryStore store;
    Adding adding{store};
    fold::Runner runner{store, adding, [](const auto&, const auto&) {}};
    CHECK_THROWS_WITH_AS(
        runner.apply(log.messages), doctest::Contains("StockTeleported"), fold::NewerBuildNeeded);
    CHECK_FALSE(fold::read_cursor(store));
  }
}
