// The trail: each commit is found by each of its values, and by no other.
#include "projections/audit/trail.hpp"

#include <doctest/doctest.h>

#include "domain/fold/names.hpp"
#include "tests/simulation/memory_store.hpp"
#include "tests/support/stored.hpp"

namespace {

using kernel::CommitNumber;

struct Indexed {
  simulation::MemoryStore store;
  audit::TrailFold fold;
  CommitNumber next = 0;

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
    fold::Batch batch;
    fold.apply(support::Stored{next++, commit}.view(), batch);
    store.write(batch);
  }
  std::vector<CommitNumber> find(
      audit::Tag tag, const std::string& value, CommitNumber from) const {
    std::vector<CommitNumber> found;
    audit::Trail{store}.scan(tag, value, from, [&](CommitNumber at) {
      found.push_back(at);
      return found.size() < 3;
    });
    return found;
  }
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
    for (int i = 0; i < 4; ++i) add("ann", "c-3", "", {{"inventory/StockItem/s", "StockReceived"}});
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
}
