// Two engines on one log, a gateway beside each: whichever is asked, the answer is the same, and
// no client sees which of them leads.
#include <algorithm>
#include <chrono>
#include <thread>

#include "tests/e2e/load.hpp"

namespace {

using e2e::Client;
using e2e::item;
using e2e::json;
using e2e::read;

struct TwoEngines {
  e2e::Deployment deployment{{"--empty"}, 2};
  TwoEngines() { deployment.start(); }

  // Waits until one does.
  std::size_t leader() const {
    std::size_t found = 0;
    REQUIRE(support::eventually([&] {
      for (found = 0; found < 2; ++found)
        if (deployment.leads(found)) return true;
      return false;
    }));
    return found;
  }
  std::uint16_t port(std::size_t engine) const { return deployment.ports()[engine]; }
  int signal(std::size_t engine, int signal) {
    return deployment.signal_some("--instance " + std::to_string(engine + 1), signal);
  }
};

}  // namespace

TEST_SUITE("two engines") {
  TEST_CASE_FIXTURE(TwoEngines, "whichever gateway is asked, the answer is the same") {
    Client one{port(0)}, other{port(1)};
    const auto path = "/commands/inventory/CreateStockItem";
    const auto made = one.post(path, item("sku-1"), {{"Idempotency-Key", "k-1"}});
    REQUIRE(made.status == 201);
    const auto again = other.post(path, item("sku-1"), {{"Idempotency-Key", "k-1"}});
    CHECK(again.status == 201);
    CHECK(again.body == made.body);
    CHECK(again.headers.at("idempotent-replayed") == "true");
    CHECK(other.post(path, item("sku-2"), {{"Idempotency-Key", "k-1"}}).status == 422);
    const auto received = other.post(
        "/commands/inventory/ReceiveStock",
        json{{"inventory_id", "sku-1"}, {"quantity", 3}, {"source_ref", "po"}}.dump());
    REQUIRE(received.status == 200);
    const std::map<std::string, std::string> from_there{
        {"Construct-Min-Position", received.headers.at("construct-position")},
        {"Prefer", "wait=30"}};
    for (const auto* what : {"/inventory/sku-1", "/streams/inventory/StockItem/sku-1"}) {
      const auto here = one.get(what, from_there), there = other.get(what, from_there);
      CHECK(here.status == 200);
      CHECK(here.body == there.body);
    }
    for (auto* client : {&one, &other})
      CHECK(
          client
              ->post(
                  "/inventory/reserve/sku-1",
                  json{{"reservation_id", "r"}, {"quantity", 4}, {"order_id", "o"}}.dump())
              .status == 422);
  }

  TEST_CASE_FIXTURE(
      TwoEngines, "the leader is killed: another answers within 5 s, and nothing is lost") {
    const auto first = leader();
    e2e::Load load{deployment.ports(), 8};
    load.until(200);
    Client other{port(1 - first)};
    const auto killed = std::chrono::steady_clock::now();
    REQUIRE(signal(first, SIGKILL) == 1);
    const auto answer = other.post("/commands/inventory/CreateStockItem", item("after"));
    const auto took = std::chrono::steady_clock::now() - killed;
    CHECK(answer.status == 201);
    CHECK(took < std::chrono::seconds{5});
    MESSAGE(
        "answered ",
        std::chrono::duration_cast<std::chrono::milliseconds>(took).count(),
        " ms later");
    load.until(load.count() + 200);
    // It is started again, and stands by; on a busy machine it may have to lead again.
    REQUIRE(support::eventually([&] {
      return Client{port(first)}.get("/readyz").status == 200 &&
             deployment.leads(0) != deployment.leads(1);
    }));
    const auto acknowledged = load.stop();
    CHECK(load.refusals() == std::vector<std::string>{});
    for (const auto at : deployment.ports()) e2e::check_all_there(at, acknowledged);
  }

  TEST_CASE_FIXTURE(
      TwoEngines, "a leader that sleeps past its time cannot write, nor answer, when it wakes") {
    const auto first = leader();
    Client other{port(1 - first)};
    REQUIRE(
        Client{port(first)}.post("/commands/inventory/CreateStockItem", item("sku-1")).status ==
        201);
    REQUIRE(signal(first, SIGSTOP) == 1);
    // To the sleeper there is nothing of the item; a refusal would be all it has to say.
    std::thread asking{[&] {
      const auto answer = Client{port(first)}.post(
          "/inventory/reserve/sku-1",
          json{{"reservation_id", "r-1"}, {"quantity", 2}, {"order_id", "o"}}.dump());
      CHECK(answer.status == 200);
    }};
    const auto received = other.post(
        "/commands/inventory/ReceiveStock",
        json{{"inventory_id", "sku-1"}, {"quantity", 2}, {"source_ref", "po"}}.dump());
    CHECK(received.status == 200);
    CHECK(deployment.leads(1 - first));
    REQUIRE(signal(first, SIGCONT) == 1);
    asking.join();
    CHECK(support::eventually([&] { return !deployment.leads(first); }));
    const auto facts = read(other.get("/streams/inventory/StockItem/sku-1"))["items"];
    CHECK(std::ranges::count(facts, "StockReserved", [](const json& fact) {
            return fact["type"].get<std::string>();
          }) == 1);
  }

  TEST_CASE_FIXTURE(TwoEngines, "an engine without a store begins with a copy of the leader's") {
    const auto first = leader();
    e2e::Load load{{port(first)}, 4};
    load.until(200);
    const auto standby = 1 - first;
    std::filesystem::remove_all(
        deployment.data() / "folds" / ("streams-" + std::to_string(standby + 1)));
    REQUIRE(signal(standby, SIGKILL) == 1);
    REQUIRE(support::eventually([&] {
      return deployment.output().find("begins with a copy of the leader's store") !=
             std::string::npos;
    }));
    REQUIRE(
        support::eventually([&] { return Client{port(standby)}.get("/readyz").status == 200; }));
    const auto acknowledged = load.stop();
    e2e::check_all_there(port(standby), acknowledged);
    REQUIRE(signal(first, SIGKILL) == 1);
    REQUIRE(support::eventually([&] { return deployment.leads(standby); }));
    e2e::check_all_there(port(standby), acknowledged);
  }

  TEST_CASE_FIXTURE(TwoEngines, "the leader is asked to stop: no client is told of it") {
    const auto first = leader();
    e2e::Load load{{port(1 - first)}, 8};
    load.until(200);
    REQUIRE(signal(first, SIGTERM) == 1);
    REQUIRE(support::eventually([&] { return deployment.leads(1 - first); }));
    load.until(load.count() + 200);
    const auto acknowledged = load.stop();
    CHECK(load.refusals() == std::vector<std::string>{});
    e2e::check_all_there(port(1 - first), acknowledged);
  }
}
