// The whole gateway on a free port, with a scripted engine, a view in memory and streams in memory
// behind it.
#pragma once

#include <atomic>
#include <chrono>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "commands/engine/port.hpp"
#include "gateways/http/api.hpp"
#include "gateways/http/flows.hpp"
#include "gateways/http/routes.hpp"
#include "gateways/http/streams.hpp"
#include "projections/views/quarantine.hpp"
#include "projections/views/reader.hpp"
#include "schemas/inventory.hpp"
#include "tests/http/client.hpp"
#include "tests/simulation/memory_store.hpp"

namespace http_test {

inline constexpr const char* incarnation = "5f0c2a91";
inline constexpr std::chrono::sys_seconds now{std::chrono::seconds{1'795'000'000}};
// Whose pages may call it.
inline constexpr const char* cors_origins = "https://shop.example, http://localhost:*";
// Of /webhooks/test.
inline constexpr const char* webhook_secret = "a secret of two";

// Answers as the test says, and keeps what it was sent.
class ScriptedEngine final : public engine::Port {
 public:
  std::function<engine::Answer(const engine::Command&)> decide =
      [](const engine::Command& command) {
        return engine::Accepted{
            .position = {incarnation, 7},
            .stream = "inventory/StockItem/sku-1",
            .version = 3,
            .events = {command.type->name + "Done"}};
      };
  // Instead of decide: keeps the reply for the test to call.
  std::function<void(engine::Command, engine::Reply)> take;

  void submit(engine::Command command, engine::Reply reply) override;
  std::vector<engine::Command> commands() const;
  engine::Command last() const { return commands().at(commands().size() - 1); }

 private:
  mutable std::mutex mutex_;
  std::vector<engine::Command> commands_;
};

// The view "stock", whose rows the test puts there; kept in memory, indexes and all.
class MemoryView final : public views::Reader, private fold::Followed {
 public:
  MemoryView();

  void put(const std::string& table, const views::Row& row);
  void erase(const std::string& table, const std::string& key);
  void damage(const std::string& table, const std::string& key);
  void stand_at(std::optional<kernel::Position> position);
  void set_aside(const std::string& key);
  void resume(const std::string& key);

  std::atomic<bool> broken{false};
  // What when() does instead of waiting, for ever, until it stands there.
  std::function<void(kernel::CommitNumber, std::chrono::milliseconds, std::function<void(bool)>)>
      wait;

  void read(const std::function<void(const views::Moment&)>& query) override;
  void when(
      kernel::CommitNumber wanted,
      std::chrono::milliseconds patience,
      std::function<void(bool)> then) override;

 private:
  void read(const std::function<void(const fold::Reads&)>& use) override;
  void write(const std::string& table, const std::string& key, std::optional<std::string> stored);
  void change(const std::function<void(views::Quarantine&)>& change);

  std::mutex mutex_;  // guards what follows
  simulation::MemoryStore store_;
  kernel::CommitNumber next_ = 0;
  std::vector<std::pair<kernel::CommitNumber, std::function<void(bool)>>> waiting_;
  std::unique_ptr<views::Reader> reader_;
};

class MemoryStreams final : public http::StreamSource {
 public:
  std::map<std::string, std::vector<http::StoredFact>, std::less<>> streams;
  bool broken = false;
  std::function<void(kernel::CommitNumber, std::chrono::milliseconds, std::function<void(bool)>)>
      wait = [](auto, auto, auto then) { then(true); };

  http::StreamPage read(std::string_view stream, std::uint64_t after, std::size_t limit) override;
  void when(
      kernel::CommitNumber wanted,
      std::chrono::milliseconds patience,
      std::function<void(bool)> then) override {
    wait(wanted, patience, std::move(then));
  }
};

// One instance of one flow, and no effects.
class ScriptedFlows final : public http::FlowSource {
 public:
  std::optional<std::string> flow(std::string_view name, std::string_view instance) override {
    if (name != "checkout" || instance != "o-1") return std::nullopt;
    return document;
  }
  Page flows(
      std::string_view, std::string_view status, std::string_view after, std::size_t) override {
    asked = status;
    return after.empty() ? Page{{document}, "checkout/o-1"} : Page{};
  }
  Page effects(std::string_view, std::size_t) override { return {}; }

  std::string document = R"({"flow":"checkout","instance":"o-1","status":"running"})";
  std::string asked;
};

// Inventory's, and a list with a filter in its address.
const http::Routes& test_routes();

class Gateway {
 public:
  explicit Gateway(std::string view_version = "1", http::LiveLimits live = {});

  std::uint16_t port() const { return server_->port(); }
  const http::Api& api() const { return *api_; }
  std::vector<std::string> log() const;
  void stop() { server_->stop(std::chrono::milliseconds{10'000}); }

  ScriptedEngine engine;
  MemoryView view;
  MemoryStreams streams;
  ScriptedFlows flows;
  std::optional<std::string> not_ready;
  std::string log_incarnation = incarnation;

 private:
  mutable std::mutex mutex_;
  std::vector<std::string> log_;
  std::unique_ptr<http::Api> api_;
  std::unique_ptr<http::Server> server_;
};

// A row for the view: version and position as its ETag will say.
views::Row item_row(
    const std::string& inventory_id,
    std::int64_t available,
    std::uint64_t version = 3,
    kernel::CommitNumber position = 7);
views::Row location_row(const std::string& location_id);
views::Row transfer_row(
    const std::string& transfer_id, inventory::TransferStatus status, int started_at_s);

}  // namespace http_test
