#include "commands/engine/service.hpp"

#include <doctest/doctest.h>

#include "gateways/nats/leadership.hpp"
#include "gateways/nats/stream.hpp"
#include "gateways/rocks/database.hpp"
#include "schemas/inventory.hpp"
#include "tests/support/nats_server.hpp"
#include "tests/support/wait.hpp"

namespace {

using engine::Accepted;
using engine::Answer;
using engine::Failure;
using engine::Rejected;

struct OverNats final : engine::Presence {
  explicit OverNats(nats::Connection& connection) : leadership{connection} {}
  void leads(bool now) override { leadership.leads(now); }
  void ask(std::function<void(bool)> answer) override { leadership.ask(std::move(answer)); }
  nats::Leadership leadership;
};

// One engine on the given server and folder, until it is destroyed.
class Engine {
 public:
  Engine(const support::NatsServer& server, const std::filesystem::path& folder)
      : connection_{server.as("engine"), "test engine"},
        store_{
            rocks::Database::As::primary,
            folder,
            {engine::StreamsFamilies::names.begin(), engine::StreamsFamilies::names.end()}} {}

  bool leads() const { return !service_.not_ready(); }
  bool will_lead() const {
    return support::eventually([&] { return leads(); });
  }

  template <class Command>
  Answer send(const Command& command, const std::string& key) {
    const auto answer = std::make_shared<support::Awaited<Answer>>();
    engine::Command sent;
    sent.type = schemas::platform().table(Command::name);
    sent.body = encode(command);
    sent.client = "test";
    sent.key = key;
    sent.digest = fold::text(fold::sha256(sent.body));
    service_.submit(std::move(sent), [answer](Answer given) { answer->give(std::move(given)); });
    return answer->take();
  }
  std::string why() const { return failure_; }

 private:
  nats::Connection connection_;
  nats::Stream stream_{connection_, [](const std::string&) {}};
  OverNats presence_{connection_};
  rocks::Database store_;
  kernel::SystemClock clock_;
  std::string failure_;
  engine::Service service_{{
      .log = stream_,
      .writer = stream_,
      .store = store_,
      .presence = presence_,
      .clock = clock_,
      .deployment = "test",
      .limits = {},
      .tell = [](const engine::Event&) {},
      .folded = [](kernel::CommitNumber) {},
      .failed = [this](const std::string& why) { failure_ = why; },
  }};
};

inventory::CreateStockItem create(const std::string& id) {
  return {
      .inventory_id = schemas::Id<"StockItem">{id},
      .product_id = schemas::Id<"Product">{"p-1"},
      .location_id = schemas::Id<"Location">{"main"}};
}
inventory::ReceiveStock receive(const std::string& id, std::int64_t quantity) {
  return {.inventory_id = schemas::Id<"StockItem">{id}, .quantity = quantity, .source_ref = "po-1"};
}

struct OneEngine {
  support::NatsServer server;
  support::TemporaryFolder folder;
  std::optional<Engine> engine;

  OneEngine() { restart(); }
  void restart() {
    engine.reset();
    engine.emplace(server, folder.path() / "streams");
    REQUIRE(engine->will_lead());
  }
};

}  // namespace

TEST_SUITE("engine: on the real log and store") {
  TEST_CASE_FIXTURE(OneEngine, "a command is answered with where its facts stand in the log") {
    const auto answer = std::get<Accepted>(engine->send(create("sku-1"), "k-1"));
    CHECK(answer.position.commit == 1);  // Commit 0 begins the log.
    CHECK(answer.stream == "inventory/StockItem/sku-1");
    CHECK(answer.version == 1);
    CHECK(answer.created);
    CHECK(answer.events == std::vector<std::string>{"StockItemCreated"});
    CHECK(
        std::get<Rejected>(engine->send(create("sku-1"), "k-2")).code ==
        "inventory/already_exists");
  }

  TEST_CASE_FIXTURE(OneEngine, "a repeat gets the first answer, also from the next engine") {
    const auto first = std::get<Accepted>(engine->send(create("sku-1"), "k-1"));
    for (int life = 0; life < 2; ++life, restart()) {
      const auto again = std::get<Accepted>(engine->send(create("sku-1"), "k-1"));
      CHECK(again.replayed);
      CHECK(again.created);
      CHECK(again.position == first.position);
      CHECK(std::get<Failure>(engine->send(create("sku-2"), "k-1")) == Failure::key_reused);
    }
  }

  TEST_CASE_FIXTURE(OneEngine, "the next engine knows what the last one decided") {
    engine->send(create("sku-1"), "k-1");
    engine->send(receive("sku-1", 5), "k-2");
    restart();
    CHECK(std::get<Accepted>(engine->send(receive("sku-1", 6), "k-3")).version >= 3);
  }

  TEST_CASE_FIXTURE(OneEngine, "an engine whose store is lost folds it again from the log") {
    const auto first = std::get<Accepted>(engine->send(create("sku-1"), "k-1"));
    engine.reset();
    std::filesystem::remove_all(folder.path() / "streams");
    restart();
    CHECK(std::get<Accepted>(engine->send(create("sku-1"), "k-1")).position == first.position);
  }

  TEST_CASE_FIXTURE(
      OneEngine, "while the server is away commands wait, and are answered when it is back") {
    engine->send(create("sku-1"), "k-1");
    server.kill();
    server.start();
    CHECK(std::get<Accepted>(engine->send(receive("sku-1", 5), "k-2")).version == 3);
    CHECK(std::get<Rejected>(engine->send(receive("sku-9", 5), "k-3")).code == "not_found");
  }

  TEST_CASE_FIXTURE(
      OneEngine,
      "a second engine stands by, knows all that was decided, and leads when the first is gone") {
    Engine second{server, folder.path() / "second"};
    const auto first = std::get<Accepted>(engine->send(create("sku-1"), "k-1"));
    CHECK(engine->leads());
    CHECK_FALSE(second.leads());
    CHECK(std::get<Failure>(second.send(create("sku-2"), "k-2")) == Failure::unavailable);
    engine.reset();
    REQUIRE(second.will_lead());
    CHECK(std::get<Accepted>(second.send(create("sku-1"), "k-1")).position == first.position);
  }

  TEST_CASE_FIXTURE(OneEngine, "a long history is loaded from a snapshot") {
    engine->send(create("sku-1"), "k");
    for (int i = 0; i < 300; ++i) engine->send(receive("sku-1", 1), "k-" + std::to_string(i));
    restart();
    engine->send(receive("sku-1", 1), "after");  // Loads it, and leaves a snapshot.
    restart();
    const auto answer = std::get<Accepted>(engine->send(
        inventory::RecordStockCount{
            .inventory_id = schemas::Id<"StockItem">{"sku-1"}, .counted = 301, .reason = "c"},
        "count"));
    CHECK(answer.version > 300);
    CHECK(engine->why().empty());
  }
}
