// What a shop relies on, seen from outside: real processes, real sockets, real kill -9.
#include <doctest/doctest.h>

#include <atomic>
#include <mutex>
#include <nlohmann/json.hpp>
#include <set>

#include "tests/e2e/load.hpp"

namespace {

using e2e::Answer;
using e2e::Client;
using nlohmann::json;

using e2e::check_all_there;
using e2e::Load;
using e2e::read;
using e2e::stock;

std::string reservation(const std::string& id, int quantity = 1) {
  return json{{"reservation_id", id}, {"quantity", quantity}, {"order_id", "o-1"}}.dump();
}

// The row as it is once the view has everything that was answered before.
json row(Client& client, const std::string& path, const std::string& position) {
  const auto answer =
      client.get(path, {{"Construct-Min-Position", position}, {"Prefer", "wait=30"}});
  REQUIRE(answer.status == 200);
  return read(answer);
}

struct Running {
  e2e::Deployment deployment;
  Running() { deployment.start(); }
};

}  // namespace

TEST_SUITE("promises") {
  TEST_CASE_FIXTURE(
      Running, "400 clients at once reserve single units of a stock of 50: exactly 50 succeed") {
    Client client{deployment.port()};
    stock(client, "sku-1", 50);
    std::atomic<int> succeeded{0}, refused{0}, other{0};
    std::mutex mutex;
    std::string position;
    e2e::at_once(400, [&](int i) {
      Client one{deployment.port()};
      const auto answer =
          one.post("/inventory/reserve/sku-1", reservation("r-" + std::to_string(i)));
      const auto body = read(answer);
      if (answer.status == 200)
        ++succeeded;
      else if (
          answer.status == 422 && body["code"] == "inventory/insufficient_stock" &&
          body["available"] == 0)
        ++refused;
      else
        ++other;
      const std::lock_guard lock{mutex};
      position = std::max(
          position, answer.headers.at("construct-position"), [](const auto& a, const auto& b) {
            return std::pair{a.size(), a} < std::pair{b.size(), b};
          });
    });
    CHECK(succeeded == 50);
    CHECK(refused == 350);
    CHECK(other == 0);
    const auto item = row(client, "/inventory/sku-1", position);
    CHECK(item["quantity_available"] == 0);
    CHECK(item["quantity_reserved"] == 50);
  }

  TEST_CASE_FIXTURE(
      Running,
      "one request sent twenty times at once with one key has one effect and twenty equal "
      "answers") {
    Client client{deployment.port()};
    stock(client, "sku-1", 50);
    std::mutex mutex;
    std::set<std::string> bodies;
    int replayed = 0;
    e2e::at_once(20, [&](int) {
      Client one{deployment.port()};
      const auto answer = one.post(
          "/inventory/reserve/sku-1", reservation("r-1", 3), {{"Idempotency-Key", "key-1"}});
      const std::lock_guard lock{mutex};
      CHECK(answer.status == 200);
      bodies.insert(answer.body);
      replayed += static_cast<int>(answer.headers.count("idempotent-replayed"));
    });
    CHECK(bodies.size() == 1);
    CHECK(replayed == 19);
    const auto item = row(client, "/inventory/sku-1", json::parse(*bodies.begin())["position"]);
    CHECK(item["quantity_reserved"] == 3);
  }

  TEST_CASE_FIXTURE(
      Running,
      "kill -9 of everything under load: every acknowledged command is there, none twice") {
    std::map<std::string, json> acknowledged;
    {
      Load load{{deployment.port()}, 16};
      load.until(200);
      deployment.kill_everything();
      acknowledged = load.stop();
    }
    deployment.start();
    check_all_there(deployment.port(), acknowledged);
  }

  TEST_CASE_FIXTURE(
      Running,
      "kill -9 of one process after the other under load: service goes on and nothing is lost") {
    Load load{{deployment.port()}, 8};
    for (const auto* victim : {"nats-server", "engine gateway", "project", "nats-server"}) {
      load.until(load.count() + 50);
      REQUIRE(deployment.kill_some(victim) == 1);
    }
    load.until(load.count() + 50);
    const auto acknowledged = load.stop();
    check_all_there(deployment.port(), acknowledged);
    // The view has caught up with the log as well.
    Client client{deployment.port()};
    const auto& last = acknowledged.rbegin()->second;
    CHECK(
        row(client,
            "/inventory/" + acknowledged.rbegin()->first,
            last["position"])["quantity_available"] == 0);
  }

  TEST_CASE_FIXTURE(Running, "a row read with the position of one's own command shows it") {
    Client client{deployment.port()};
    stock(client, "sku-1", 1000);
    for (int i = 1; i <= 20; ++i) {
      const auto answer =
          client.post("/inventory/reserve/sku-1", reservation("r-" + std::to_string(i)));
      REQUIRE(answer.status == 200);
      CHECK(
          row(client,
              "/inventory/sku-1",
              answer.headers.at("construct-position"))["quantity_reserved"] == i);
    }
  }

  TEST_CASE_FIXTURE(
      Running, "bad bodies are refused with the path of their fault, and nothing is written") {
    Client client{deployment.port()};
    stock(client, "sku-1", 10);
    const auto facts = [&] { return client.get("/streams/inventory/StockItem/sku-1").body; };
    REQUIRE(
        support::eventually([&] { return facts().find("StockReplenished") != std::string::npos; }));
    const auto before = facts();
    const std::pair<const char*, const char*> bad[] = {
        {R"({"inventory_id":"sku-1","source_ref":"po"})", "/quantity"},
        {R"({"inventory_id":"sku-1","quantity":"5","source_ref":"po"})", "/quantity"},
        {R"({"inventory_id":"sku-1","quantity":5.0,"source_ref":"po"})", "/quantity"},
        {R"({"inventory_id":"sku-1","quantity":99999999999999999999,"source_ref":"po"})",
         "/quantity"},
        {R"({"inventory_id":"sku-1","quantity":1,"quantity":2,"source_ref":"po"})", "/quantity"},
        {R"({"inventory_id":"sku.>","quantity":1,"source_ref":"po"})", "/inventory_id"},
        {R"({"inventory_id":"sku-1","quantity":1,"source_ref":"po","note":1})", "/note"},
    };
    for (const auto& [body, path] : bad) {
      const auto answer = client.post("/commands/inventory/ReceiveStock", body);
      CAPTURE(body);
      CHECK(answer.status == 400);
      CHECK(answer.headers.at("content-type") == "application/problem+json");
      CHECK(read(answer)["fields"][0]["path"] == path);
    }
    for (const auto* body :
         {R"({"inventory_id":"sku-1","quantity":0x10,"source_ref":"po"})",
          R"({"inventory_id":"sku-1",/* */"quantity":1,"source_ref":"po"})",
          "[",
          "",
          "\xff"}) {
      const auto answer = client.post(
          "/commands/inventory/ReceiveStock", body, {{"Content-Type", "application/json"}});
      CAPTURE(body);
      CHECK(answer.status == 400);
    }
    // Had one of them been written, it would stand before this one.
    const auto answer = client.post("/inventory/reserve/sku-1", reservation("r-1"));
    REQUIRE(answer.status == 200);
    CHECK(read(answer)["version"] == 4);
    CHECK(before.find("\"version\":4") == std::string::npos);
  }
}
