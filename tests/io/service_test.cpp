#include "commands/engine/service.hpp"

#include <doctest/doctest.h>

#include "commands/engine/remote.hpp"
#include "commands/engine/router.hpp"
#include "gateways/cli/roles/engine.hpp"
#include "gateways/nats/requests.hpp"
#include "schemas/inventory.hpp"
#include "tests/support/nats_server.hpp"
#include "tests/support/wait.hpp"

namespace {

using engine::Accepted;
using engine::Answer;
using engine::Failure;
using engine::Rejected;

template <class Command>
engine::Command to_command(const Command& command, const std::string& key) {
  engine::Command sent;
  sent.type = schemas::platform().table(Command::type_name);
  sent.body = encode(command);
  sent.client = "test";
  sent.key = key;
  sent.digest = fold::text(fold::sha256(sent.body));
  return sent;
}

Answer submit(engine::Port& port, engine::Command command) {
  const auto answer = std::make_shared<support::Awaited<Answer>>();
  port.submit(std::move(command), [answer](Answer given) { answer->give(std::move(given)); });
  return answer->take();
}

// One engine on the given server and folder, until it is destroyed.
class Engine {
 public:
  Engine(const support::NatsServer& server, const std::filesystem::path& folder)
      : connection_{server.as("engine"), "test engine"},
        store_{
            rocks::Database::As::primary,
            folder,
            {engine::StreamsFamilies::names.begin(), engine::StreamsFamilies::names.end()}} {}
  ~Engine() { presence_.close(); }
  Engine(const Engine&) = delete;
  Engine& operator=(const Engine&) = delete;

  bool leads() const { return service_.leads(); }
  bool is_ready() const { return !service_.not_ready(); }
  engine::Service& service() { return service_; }
  nats::Connection& connection() { return connection_; }
  bool will_lead() const {
    return support::eventually([&] { return leads(); });
  }

  template <class Command>
  Answer send(const Command& command, const std::string& key) {
    return submit(service_, to_command(command, key));
  }
  // The last commit in the engine's store.
  engine::StoredCommit last_commit() const {
    return *engine::StreamReader{store_}.commit(fold::read_cursor(store_)->head.next - 1);
  }
  bool has_folded(kernel::CommitNumber commit) const {
    const auto cursor = fold::read_cursor(store_);
    return cursor && cursor->head.next > commit;
  }
  std::string why() const { return failure_; }

 private:
  nats::Connection connection_;
  nats::Stream stream_{connection_, [](const std::string&) {}};
  cli::OverNats presence_{connection_, service_};
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

namespace {

// A process of its own, as this user, beside the engine.
struct Elsewhere : OneEngine {
  explicit Elsewhere(const std::string& user = "flows")
      : connection{server.as(user), "elsewhere"} {}

  // Who leads may not be heard of yet: then nothing was done, and it is asked again, as flows do.
  static Answer submit(engine::Port& port, const engine::Command& command) {
    Answer answer;
    REQUIRE(support::eventually([&] {
      answer = ::submit(port, command);
      const auto* failure = std::get_if<Failure>(&answer);
      return !failure || *failure != Failure::unavailable;
    }));
    return answer;
  }

  template <class Command>
  engine::Command recorded(const Command& command, const std::string& key) {
    auto sent = to_command(command, key);
    sent.recorded = true;
    return sent;
  }

  nats::Connection connection;
  nats::Requests requests{connection, std::chrono::seconds{5}};
  engine::Remote remote{[this](std::string request, auto answered) {
    requests.ask("construct.command." + subject, request, std::move(answered));
  }};
  std::string subject = "flows";
};

}  // namespace

TEST_SUITE("engine: commands of other processes") {
  TEST_CASE_FIXTURE(Elsewhere, "they are answered as any other, and belong to who may send there") {
    const auto first = std::get<Accepted>(submit(remote, recorded(create("sku-1"), "k-1")));
    CHECK(first.created);
    CHECK(first.events == std::vector<std::string>{"StockItemCreated"});
    CHECK(std::get<Accepted>(submit(remote, recorded(create("sku-1"), "k-1"))).replayed);
    CHECK(support::eventually([&] { return engine->has_folded(first.position.commit); }));
    CHECK(engine->last_commit().content.client == "flows");
  }

  TEST_CASE_FIXTURE(
      Elsewhere, "a refusal is recorded, and stands even when it would not be made again") {
    const auto early = recorded(receive("sku-1", 5), "k-1");
    const auto refused = std::get<Rejected>(submit(remote, early));
    CHECK(refused.code == "not_found");
    CHECK(support::eventually([&] { return engine->has_folded(refused.position.commit); }));
    CHECK(engine->last_commit().content.rejection == "not_found");
    CHECK(engine->last_commit().content.facts.empty());
    submit(remote, recorded(create("sku-1"), "k-2"));
    for (int life = 0; life < 2; ++life, restart()) {
      const auto again = std::get<Rejected>(submit(remote, early));
      CHECK(again.code == "not_found");
      CHECK(again.position == refused.position);
    }
    CHECK(std::get<Accepted>(submit(remote, recorded(receive("sku-1", 5), "k-3"))).version == 3);
  }

  TEST_CASE_FIXTURE(Elsewhere, "nothing to do is recorded as well") {
    submit(remote, recorded(create("sku-1"), "k-1"));
    const auto nothing = inventory::AdjustStock{
        .inventory_id = schemas::Id<"StockItem">{"sku-1"}, .delta = 0, .reason = "r"};
    CHECK(std::get<Rejected>(submit(remote, recorded(nothing, "k-2"))).code == "nothing_to_do");
  }

  TEST_CASE_FIXTURE(Elsewhere, "a timer's command that comes before its time leaves no trace") {
    auto timer = recorded(create("sku-1"), "k-1");
    timer.due = kernel::SystemClock{}.now() + std::chrono::hours{1};
    CHECK(std::get<Failure>(submit(remote, timer)) == Failure::too_early);
    timer.due = kernel::SystemClock{}.now();
    CHECK(std::get<Accepted>(submit(remote, timer)).created);
  }

  TEST_CASE_FIXTURE(Elsewhere, "nobody may send as somebody else") {
    subject = "effects";
    CHECK(
        std::get<Failure>(submit(remote, recorded(create("sku-1"), "k-1"))) != Failure::too_early);
    CHECK(engine->last_commit().number == 0);
  }

  TEST_CASE_FIXTURE(
      Elsewhere,
      "a standby's gateway sends to whoever leads, for its clients, and sees no change") {
    Engine second{server, folder.path() / "second"};
    REQUIRE(support::eventually([&] { return second.is_ready(); }));
    CHECK_FALSE(second.leads());
    nats::Requests its_requests{second.connection(), std::chrono::seconds{1}};
    engine::Remote leader{[&](std::string request, auto answered) {
      its_requests.ask("construct.command.gateway", request, std::move(answered));
    }};
    const kernel::SystemClock clock;
    engine::Router router{
        {.here = second.service(),
         .leads_here = [&] { return second.leads(); },
         .elsewhere = leader,
         .clock = clock,
         .failed = [](const std::string& why) { FAIL(why); }}};
    const auto first = std::get<Accepted>(submit(router, to_command(create("sku-1"), "k-1")));
    CHECK(first.created);
    CHECK(
        std::get<Rejected>(submit(router, to_command(receive("sku-9", 5), "k-2"))).code ==
        "not_found");
    REQUIRE(support::eventually([&] { return second.has_folded(first.position.commit); }));
    CHECK(second.last_commit().content.client == "test");
    engine.reset();
    // Nobody leads for a moment.
    CHECK(std::get<Accepted>(submit(router, to_command(receive("sku-1", 5), "k-3"))).version == 3);
    CHECK(second.leads());
    CHECK(std::get<Accepted>(submit(router, to_command(create("sku-1"), "k-1"))).replayed);
  }

  TEST_CASE_FIXTURE(Elsewhere, "without an engine they are told so at once") {
    engine.reset();
    CHECK(
        std::get<Failure>(::submit(remote, recorded(create("sku-1"), "k-1"))) ==
        Failure::unavailable);
  }
}
