// Clients that keep a deployment busy, and remember what they were told.
#pragma once

#include <doctest/doctest.h>

#include <atomic>
#include <mutex>
#include <nlohmann/json.hpp>
#include <thread>

#include "tests/e2e/deployment.hpp"

namespace e2e {

using nlohmann::json;

inline json read(const Answer& answer) { return json::parse(answer.body, nullptr, false); }

// A row, or an empty object while the view does not have it.
inline json row(Client& client, const std::string& path) {
  const auto answer = client.get(path);
  return answer.status == 200 ? read(answer) : json::object();
}

// The body of a CreateStockItem.
inline std::string item(const std::string& id) {
  return json{{"inventory_id", id}, {"product_id", "p-1"}, {"location_id", "main"}}.dump();
}

// A stock item that holds so many.
inline void stock(Client& client, const std::string& id, int quantity) {
  REQUIRE(client.post("/commands/inventory/CreateStockItem", item(id)).status == 201);
  const json received{{"inventory_id", id}, {"quantity", quantity}, {"source_ref", "po-7"}};
  REQUIRE(client.post("/commands/inventory/ReceiveStock", received.dump()).status == 200);
}

// Clients that create stock items until they are told to stop, and remember what was acknowledged.
class Load {
 public:
  // Each client begins with another gateway, and goes on to the next when it is not answered there.
  Load(std::vector<std::uint16_t> ports, int clients)
      : ports_{std::move(ports)}, runner_{[this, clients] {
          at_once(clients, [&](int number) { run(static_cast<std::size_t>(number)); });
        }} {}
  ~Load() { stop(); }
  Load(const Load&) = delete;
  Load& operator=(const Load&) = delete;

  void until(std::size_t acknowledged) {
    REQUIRE(support::eventually([&] {
      const std::lock_guard lock{mutex_};
      return acknowledged_.size() >= acknowledged;
    }));
  }
  std::size_t count() {
    const std::lock_guard lock{mutex_};
    return acknowledged_.size();
  }
  // What clients were told that is no answer; not connections that failed.
  std::vector<std::string> refusals() {
    const std::lock_guard lock{mutex_};
    return refusals_;
  }
  std::map<std::string, json> stop() {
    stopping_ = true;
    if (runner_.joinable()) runner_.join();
    return acknowledged_;
  }

 private:
  void run(std::size_t number) {
    auto at = number;
    auto client = std::make_unique<Client>(ports_[at % ports_.size()]);
    for (int i = 0; !stopping_; ++i) {
      const auto id = "load-" + std::to_string(number) + '-' + std::to_string(i);
      const auto answer =
          client->post("/commands/inventory/CreateStockItem", item(id), {{"Idempotency-Key", id}});
      if (answer.status == 0) client = std::make_unique<Client>(ports_[++at % ports_.size()]);
      const std::lock_guard lock{mutex_};
      if (answer.status == 201) acknowledged_.emplace(id, read(answer));
      if (answer.status >= 400) refusals_.push_back(answer.body);
    }
  }

  std::vector<std::uint16_t> ports_;
  std::atomic<bool> stopping_{false};
  std::mutex mutex_;  // guards what follows
  std::map<std::string, json> acknowledged_;
  std::vector<std::string> refusals_;
  std::thread runner_;
};

// Every acknowledged command is in the log once, and its repeat gets the same answer.
inline void check_all_there(std::uint16_t port, const std::map<std::string, json>& acknowledged) {
  const std::vector<std::pair<std::string, json>> all{acknowledged.begin(), acknowledged.end()};
  constexpr int clients = 4;
  at_once(clients, [&](int number) {
    Client client{port};
    for (auto at = std::size_t(number); at < all.size(); at += clients) {
      const auto& [id, answer] = all[at];
      INFO(id);
      const auto facts = read(client.get("/streams/inventory/StockItem/" + id))["items"];
      CHECK((facts.size() == 1 && facts[0]["position"] == answer["position"]));
      const auto again =
          client.post("/commands/inventory/CreateStockItem", item(id), {{"Idempotency-Key", id}});
      CHECK(again.headers.contains("idempotent-replayed"));
      CHECK(read(again) == answer);
    }
  });
}

}  // namespace e2e
