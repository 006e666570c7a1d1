// The trail: each commit is found by each of its values, and by no other.
#include "projections/audit/trail.hpp"

#include <doctest/doctest.h>

#include <map>
#include <random>

#include "domain/fold/names.hpp"
#include "tests/simulation/memory_store.hpp"
#include "tests/support/seed.hpp"
#include "tests/support/stored.hpp"

namespace {

using kernel::CommitNumber;

struct Indexed {
  simulation::MemoryStore store;
  audit::TrailFold fold;
  CommitNumber next = 0;
  fold::Batch batch;

  void add(
      const std::string& actor,
      const std::string& correlation,
      const std::string& causation,
      const std::vector<std::pair<std::string, std::string>>& facts) {
    construct::Commit commit;
    commit.actor = actor;
    commit.correlation = correlation;
    commit.causation = causation;
    for (const auto& [stream, type] : facts) {
      auto& fact = commit.facts.emplace_back();
      fact.aggregate = stream;
      fact.type = type;
    }
    fold.apply(support::Stored{next++, commit}.view(), batch);
  }
  void flush() {
    fold.flush(batch);
    store.write(batch);
    batch.clear();
  }
  std::vector<CommitNumber> find(
      audit::Tag tag, const std::string& value, CommitNumber from) const {
    std::vector<CommitNumber> found;
    audit::Trail{store}.scan(tag, value, from, [&](CommitNumber at) {
      found.push_back(at);
      return found.size() < most;
    });
    return found;
  }
  std::size_t most = 3;
};

}  // namespace

TEST_SUITE("audit: the trail") {
  TEST_CASE_FIXTURE(Indexed, "commits are found by actor, correlation, cause, type and context") {
    add("ann",
        "c-1",
        "",
        {{"ordering/Order/o-1", "OrderPlaced"}, {"inventory/StockItem/s", "StockReserved"}});
    add("flow", "c-1", fold::causation_by(0), {{"payment/PaymentIntent/p", "PaymentInitiated"}});
    add("bob",
        "c-2",
        "",
        {{"ordering/Order/o-2", "OrderPlaced"}, {"ordering/Order/o-2", "OrderPlaced"}});
    add("flow", "c-2", fold::causation_by(2), {});  // a refusal
    flush();
    for (int i = 0; i < 4; ++i) add("ann", "c-3", "", {{"inventory/StockItem/s", "StockReceived"}});
    flush();
    using List = std::vector<CommitNumber>;
    CHECK(find(audit::Tag::actor, "ann", 0) == List{0, 4, 5});
    CHECK(find(audit::Tag::actor, "ann", 5) == List{5, 6, 7});
    CHECK(find(audit::Tag::actor, "an", 0).empty());
    CHECK(find(audit::Tag::correlation, "c-2", 0) == List{2, 3});
    CHECK(find(audit::Tag::causation, "commit 0", 0) == List{1});
    CHECK(find(audit::Tag::type, "OrderPlaced", 0) == List{0, 2});
    CHECK(find(audit::Tag::context, "inventory", 1) == List{4, 5, 6});
    CHECK(find(audit::Tag::actor, "", 0).empty());
  }

  TEST_CASE_FIXTURE(Indexed, "however commits are folded together, each is found from anywhere") {
    std::mt19937_64 random{support::seed()};
    std::map<std::string, std::vector<CommitNumber>> by_actor;
    constexpr int commits = 2'000;
    for (int i = 0; i < commits; ++i) {
      // Some are many commits apart.
      const auto actor =
          random() % 200 == 0 ? std::string{"rare"} : "a-" + std::to_string(random() % 3);
      by_actor[actor].push_back(next);
      add(actor, "c-" + std::to_string(i), "", {{"inventory/StockItem/s", "StockReceived"}});
      if (random() % 100 == 0) flush();
    }
    flush();
    most = commits;
    for (const auto& [actor, all] : by_actor)
      for (int i = 0; i < 20; ++i) {
        const auto from = random() % (commits + 1);
        const std::vector<CommitNumber> expected{std::ranges::lower_bound(all, from), all.end()};
        CHECK(find(audit::Tag::actor, actor, from) == expected);
      }
    for (int i = 0; i < commits; i += 100)
      CHECK(find(audit::Tag::correlation, "c-" + std::to_string(i), 0).size() == 1);
  }
}
