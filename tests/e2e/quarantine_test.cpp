// A poison fact, planted in the log of a running deployment by somebody who holds the engine's
// password: a view that cannot apply it sets its key aside, says so, and goes on.
#include <future>

#include "domain/fold/log.hpp"
#include "schemas/inventory.hpp"
#include "tests/e2e/intruder.hpp"
#include "tests/e2e/load.hpp"

namespace {

using e2e::Client;
using e2e::item;
using e2e::json;
using e2e::read;

// Appends one commit as an engine of a new epoch would.
void plant(const std::filesystem::path& data, const construct::Commit& commit) {
  nats::Connection connection{e2e::engine_address(data), "test"};
  nats::Stream log{connection, [](const std::string& why) { FAIL(why); }};
  REQUIRE(support::eventually([&] {
    fold::Head head;
    const auto end = log.end().value();
    const auto reading = log.subscribe(1);
    while (head.sequence < end)
      for (const auto& message : reading->next(64, 1'000)) fold::follow(head, message);
    construct::StoredCommit stored;
    stored.bytes.data = encode(commit);
    auto promise = std::make_shared<std::promise<fold::Published>>();
    auto outcome = promise->get_future();
    log.publish(
        fold::make_block(head, head.epoch + 1, {std::move(stored)}),
        head.sequence,
        [promise](fold::Published answer) { promise->set_value(answer); });
    return outcome.get() == fold::Published::stored;
  }));
}

construct::Commit poison(const std::string& stream) {
  construct::Commit commit;
  commit.command = "ReceiveStock";
  commit.command_id.data = "0123456789abcdef";
  commit.at =
      std::chrono::time_point_cast<std::chrono::microseconds>(std::chrono::system_clock::now());
  auto& fact = commit.facts.emplace_back();
  fact.aggregate = stream;
  fact.version = 1;
  fact.type = inventory::StockReceived::type_name;
  fact.data.data = encode(inventory::StockReceived{.quantity = 5});
  return commit;
}

}  // namespace

TEST_SUITE("quarantine") {
  TEST_CASE("a fact that a view cannot apply sets its key aside, and everything else goes on") {
    e2e::Deployment deployment;
    deployment.start();
    Client client{deployment.port()};
    REQUIRE(client.post("/commands/inventory/CreateStockItem", item("sku-1")).status == 201);
    plant(deployment.data(), poison("inventory/StockItem/ghost"));  // it was never created
    const auto after = client.post("/commands/inventory/CreateStockItem", item("sku-2"));
    REQUIRE(after.status == 201);
    const std::map<std::string, std::string> from_there{
        {"Construct-Min-Position", after.headers.at("construct-position")}, {"Prefer", "wait=30"}};

    const auto other = client.get("/inventory/sku-2", from_there);
    CHECK(other.status == 200);
    CHECK_FALSE(other.headers.contains("construct-quarantined"));
    CHECK(other.headers.at("construct-quarantined-keys") == "1");
    const auto ghost = client.get("/inventory/ghost", from_there);
    CHECK(ghost.status == 503);
    CHECK(read(ghost)["code"] == "quarantined");

    const auto told = deployment.operate({"view", "quarantine", "stock"});
    CHECK(told.status == 0);
    CHECK(told.output.find("ghost") != std::string::npos);
    CHECK(told.output.find("which is not there") != std::string::npos);
    // The code is what it was, so trying again ends as it did; nothing is lost or skipped.
    CHECK(
        deployment.operate({"view", "retry", "stock"}).output.find("1 are still aside") !=
        std::string::npos);
    const auto proven = deployment.operate({"view", "verify", "stock"});
    CHECK_MESSAGE(proven.output.find("is complete") != std::string::npos, proven.output);
    CHECK(deployment.output().find("ghost is set aside") != std::string::npos);
  }
}
