// Other systems follow the facts: the stream FACTS of real processes.
#include "gateways/nats/feed.hpp"

#include <doctest/doctest.h>

#include "gateways/cli/data_folder.hpp"
#include "schemas/notation.hpp"
#include "tests/e2e/load.hpp"
#include "tests/faults/ledger.hpp"

namespace {

using e2e::json;

// Whoever may read the facts, and nothing else.
struct Reader {
  nats::Connection connection;

  explicit Reader(const e2e::Deployment& deployment)
      : connection{{cli::read_file(deployment.data() / "run" / "facts")}, "another system"} {}

  std::uint64_t length() {
    const auto info = json::parse(connection.request("$JS.API.STREAM.INFO.FACTS", ""));
    return info.at("state").at("last_seq");
  }
  json event(std::uint64_t sequence) {
    const auto answer = json::parse(
        connection.request("$JS.API.STREAM.MSG.GET.FACTS", json{{"seq", sequence}}.dump()));
    const std::string data = answer.at("message").at("data");
    return json::parse(schemas::from_base64(data).value());
  }
};

}  // namespace

TEST_SUITE("feed") {
  TEST_CASE("every fact is published once and in order, however often the feed is killed") {
    e2e::Deployment deployment{{"--empty", "--feed-days", "1"}};
    deployment.start();
    e2e::Load load{{deployment.port()}, 4};
    for (int kills = 0; kills < 8; ++kills) {
      load.until(load.count() + 40);
      CHECK(deployment.kill_some("construct feed") <= 1);
    }
    load.until(load.count() + 40);
    load.stop();
    const auto log = faults::read_log(deployment.data());
    std::uint64_t facts = 0;
    for (const auto& commit : log) facts += commit.facts.size();
    Reader reader{deployment};
    REQUIRE(support::eventually([&] { return reader.length() >= facts; }));
    REQUIRE(reader.length() == facts);
    std::uint64_t sequence = 0;
    for (const auto& commit : log)
      for (const auto& fact : commit.facts) {
        const auto event = reader.event(++sequence);
        REQUIRE(event.at("subject") == fact.aggregate);
        REQUIRE(event.at("aggregateversion") == fact.version);
        REQUIRE(std::string{event.at("type")}.ends_with('.' + fact.type));
      }
  }

  TEST_CASE("other systems may read, and may not write") {
    e2e::Deployment deployment{{"--empty", "--feed-days", "1"}};
    deployment.start();
    Reader reader{deployment};
    e2e::Client client{deployment.port()};
    REQUIRE(client.post("/commands/inventory/CreateStockItem", e2e::item("sku-1")).status == 201);
    REQUIRE(support::eventually([&] { return reader.length() == 2; }));
    const auto event = reader.event(2);
    CHECK(event["subject"] == "inventory/StockItem/sku-1");
    CHECK(event["type"] == "inventory.StockItemCreated");
    CHECK(event["data"]["product_id"] == "p-1");
    reader.connection.publish("facts.inventory.StockItem.StockItemCreated", "{}");
    reader.connection.publish("events", "{}");
    CHECK(reader.length() == 2);
  }
}
