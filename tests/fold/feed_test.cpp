// The feed against a stream that loses acknowledgements, and with its power cut at any write.
#include "domain/fold/feed.hpp"

#include <doctest/doctest.h>

#include <nlohmann/json.hpp>

#include "schemas/inventory.hpp"
#include "tests/simulation/memory_store.hpp"
#include "tests/support/seed.hpp"

namespace {

using fold::Published;

// Takes what is published, or not, and says what it likes.
class Unreliable final : public fold::FeedStream {
 public:
  explicit Unreliable(std::mt19937_64& random) : random_{random} {}

  std::optional<End> end() override {
    if (random_() % 8 == 0) return std::nullopt;
    End end{.sequence = messages.size(), .id = {}};
    if (!messages.empty()) end.id = messages.back().id;
    return end;
  }
  Published publish(const std::vector<fold::FeedMessage>& batch, std::uint64_t expected) override {
    REQUIRE(!batch.empty());
    REQUIRE(batch.size() <= fold::feed_batch_most);
    if (random_() % 4 == 0) return Published::unknown;
    if (expected != messages.size()) return Published::refused;
    messages.insert(messages.end(), batch.begin(), batch.end());
    return random_() % 4 == 0 ? Published::unknown : Published::stored;
  }

  std::vector<fold::FeedMessage> messages;

 private:
  std::mt19937_64& random_;
};

construct::StoredCommit stored(const construct::Commit& commit) {
  return {.bytes = {encode(commit)}};
}

construct::StoredCommit genesis() {
  construct::LogStarted started;
  started.deployment = "d";
  started.incarnation = "5f0c2a91";
  started.format = fold::log_format;
  construct::Commit commit;
  commit.command = "StartLog";
  commit.facts.push_back(
      {.aggregate = "construct/Log/d",
       .version = 1,
       .type = std::string{construct::LogStarted::type_name},
       .data = {encode(started)}});
  return stored(commit);
}

construct::StoredCommit received(std::uint64_t facts) {
  construct::Commit commit;
  commit.command = "ReceiveStock";
  for (std::uint64_t i = 0; i < facts; ++i)
    commit.facts.push_back(
        {.aggregate = "inventory/StockItem/sku-" + std::to_string(i),
         .version = 1,
         .type = std::string{inventory::StockReceived::type_name},
         .data = {encode(inventory::StockReceived{.quantity = 5})}});
  return stored(commit);
}

// A log of some blocks, and the ids of its facts.
struct Written {
  std::vector<fold::Message> messages;
  std::vector<std::string> ids;

  explicit Written(std::mt19937_64& random) {
    fold::Head head;
    add(head, {genesis()});
    for (int i = 0; i < 40; ++i) {
      std::vector<construct::StoredCommit> commits;
      for (auto left = random() % 6; left > 0; --left)
        commits.push_back(received(random() % 40 == 0 ? 1'200 : random() % 4));
      add(head, std::move(commits));
    }
  }

 private:
  void add(fold::Head& head, std::vector<construct::StoredCommit> commits) {
    auto number = head.next;
    for (const auto& one : commits) {
      construct::Commit commit;
      decode(one.bytes.data, commit);
      for (std::size_t i = 0; i < commit.facts.size(); ++i)
        ids.push_back("5f0c2a91-" + std::to_string(number) + '-' + std::to_string(i));
      ++number;
    }
    const fold::Message message{head.sequence + 1, fold::make_block(head, 1, std::move(commits))};
    REQUIRE(fold::follow(head, message));
    messages.push_back(message);
  }
};

}  // namespace

TEST_SUITE("fold: feed") {
  TEST_CASE("whatever is cut off and whatever gets lost: every fact once, in its order") {
    std::mt19937_64 random{support::seed()};
    for (int run = 0; run < 8; ++run) {
      const Written log{random};
      Unreliable stream{random};
      simulation::MemoryStore store;
      std::size_t done = 0;
      while (done < log.messages.size()) {
        try {
          store.restore_power();
          if (random() % 2 == 0) store.cut_power_after(random() % 4);
          fold::Feed feed{store, stream};
          fold::Runner runner{store, feed, [](const auto&, const auto&) {}};
          done = runner.cursor().head.sequence;
          while (done < log.messages.size()) {
            const auto until = std::min(done + 1 + random() % 5, log.messages.size());
            runner.apply({log.messages.begin() + done, log.messages.begin() + until});
            done = until;
          }
        } catch (const simulation::PowerCut&) {
        } catch (const std::runtime_error& why) {
          REQUIRE(std::string{why.what()}.find("does not answer") != std::string::npos);
        }
      }
      REQUIRE(stream.messages.size() == log.ids.size());
      for (std::size_t i = 0; i < log.ids.size(); ++i) REQUIRE(stream.messages[i].id == log.ids[i]);
      CHECK(stream.messages.front().subject == "facts.construct.Log.LogStarted");
      for (const auto& message : stream.messages)
        REQUIRE(nlohmann::json::parse(message.event)["id"] == message.id);
    }
  }

  TEST_CASE("a stream that is not the log's is not written to") {
    std::mt19937_64 random{support::seed()};
    const Written log{random};
    class Reliable final : public fold::FeedStream {
     public:
      std::optional<End> end() override { return theirs; }
      Published publish(const std::vector<fold::FeedMessage>&, std::uint64_t) override {
        FAIL("it was written to");
        return Published::unknown;
      }
      End theirs;
    };
    Reliable stream;
    simulation::MemoryStore store;
    const auto follow = [&] {
      fold::Feed feed{store, stream};
      fold::Runner runner{store, feed, [](const auto&, const auto&) {}};
      runner.apply(log.messages);
    };
    stream.theirs = {.sequence = log.ids.size(), .id = "another-1-0"};
    CHECK_THROWS_WITH_AS(follow(), doctest::Contains("is not of this log"), std::runtime_error);
    stream.theirs.id = log.ids.back();
    follow();  // All of it is there already.
    stream.theirs.sequence -= 1;
    CHECK_THROWS_WITH_AS(follow(), doctest::Contains("is not of this log"), std::runtime_error);
  }
}
