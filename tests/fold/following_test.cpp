#include "domain/fold/following.hpp"

#include <doctest/doctest.h>

#include <deque>

#include "schemas/inventory.hpp"
#include "tests/flows/history.hpp"
#include "tests/fold/counted_log.hpp"
#include "tests/simulation/memory_store.hpp"
#include "tests/support/wait.hpp"

namespace {

// Wants every commit once, in order.
struct Follower final : fold::Fold {
  simulation::MemoryStore store;
  std::atomic<fold::CommitNumber> next{0};
  std::atomic<bool> in_order{true};
  fold::Runner runner{store, *this, [](const auto&, const auto&) {}};

  void apply(const fold::CommitView& commit, fold::Batch&) override {
    if (commit.number != next) in_order = false;
    next = commit.number + 1;
  }
};

std::vector<fold::Message> first(const history::Log& log, std::size_t count) {
  auto messages = log.messages();
  messages.resize(count);
  return messages;
}

void must_not_fail(const std::string& why) { FAIL(why); }

}  // namespace

TEST_SUITE("fold: following") {
  TEST_CASE("folds at different places meet, and from there on share one reading of the log") {
    history::Log log;
    grow(log, 499);
    CountedLog counted{log};
    std::deque<Follower> followers(4);
    followers[1].runner.apply(first(log, 200));
    followers[2].runner.apply(first(log, 500));
    followers[3].runner.apply(first(log, 500));
    std::vector<fold::Runner*> runners;
    for (auto& follower : followers) runners.push_back(&follower.runner);

    const fold::Following following{"test", counted, runners, must_not_fail};
    const auto all_at = [&](fold::CommitNumber next) {
      return std::ranges::all_of(
          followers, [&](const auto& one) { return one.runner.cursor().head.next == next; });
    };
    CHECK(support::eventually([&] { return all_at(500) && counted.open == 1; }));
    const std::size_t before = counted.read;
    grow(log, 100);
    CHECK(support::eventually([&] { return all_at(600); }));
    CHECK(counted.read - before == 100);
    CHECK(counted.open == 1);
    for (const auto& follower : followers) CHECK(follower.in_order);
  }

  TEST_CASE("one that lags does not keep the others from what is new") {
    history::Log log;
    grow(log, 4'999);
    CountedLog counted{log};
    std::deque<Follower> followers(2);
    followers[0].runner.apply(log.messages());
    fold::CommitNumber lagged_at = 0;
    struct Watch final : fold::Fold {
      Follower& other;
      fold::CommitNumber& seen;
      Watch(Follower& of, fold::CommitNumber& at) : other{of}, seen{at} {}
      void apply(const fold::CommitView&, fold::Batch&) override { seen = other.next; }
    } watch{followers[1], lagged_at};
    simulation::MemoryStore store;
    fold::Runner fresh{store, watch, [](const auto&, const auto&) {}};
    fresh.apply(log.messages());
    grow(log, 1);
    {
      const fold::Following following{
          "test", counted, {&fresh, &followers[1].runner}, must_not_fail};
      CHECK(support::eventually(
          [&] { return followers[1].runner.cursor() == fresh.cursor() && counted.open == 1; }));
    }
    CHECK(lagged_at < 1'000);  // The new commit was folded when the other had hardly begun.
    CHECK(followers[1].in_order);
  }

  TEST_CASE("a store of another log is told apart, and so is one that is ahead") {
    history::Log log, other;
    grow(log, 2);
    other.fact("inventory/StockItem/sku-1", inventory::StockReceived{.quantity = 7});
    grow(other, 1);
    std::string what = "which has another block there";
    SUBCASE("another log") {}
    SUBCASE("ahead") {
      grow(other, 1);
      what = "which has 3";
    }
    std::deque<Follower> followers(2);
    followers[0].runner.apply(log.messages());
    followers[1].runner.apply(other.messages());
    support::Awaited<std::string> failed;
    const fold::Following following{
        "test", log, {&followers[0].runner, &followers[1].runner}, [&](const std::string& why) {
          failed.give(why);
        }};
    const auto why = failed.take();
    CHECK(why.find("a store in memory stands at message") == 0);
    CHECK(why.find(what) != std::string::npos);
  }

  TEST_CASE("a store that stands at a stray message is of the log all the same") {
    history::Log log;
    grow(log, 2);
    log.stray();
    Follower follower;
    follower.runner.apply(log.messages());
    grow(log, 1);
    const fold::Following following{"test", log, {&follower.runner}, must_not_fail};
    CHECK(support::eventually([&] { return follower.runner.cursor().head.next == 4; }));
  }
}
