// Three servers keep the log, two engines write it, a gateway beside each: whichever of them fails,
// the others go on within seconds, and nothing that was acknowledged is lost.
#include <algorithm>
#include <chrono>

#include "gateways/cli/data_folder.hpp"
#include "gateways/nats/stream.hpp"
#include "tests/e2e/load.hpp"
#include "tests/e2e/partition.hpp"

namespace {

using e2e::Client;
using e2e::item;
using e2e::json;
using e2e::read;

struct Cluster {
  e2e::Deployment deployment{{"--empty", "--cluster", "3"}, 2};
  Cluster() { deployment.start(); }

  // Nothing while nobody leads them.
  std::vector<nats::Keeper> keepers() const {
    try {
      nats::Connection connection{
          {cli::read_file(deployment.data() / "run" / "operator")}, "test operator"};
      return nats::keepers(connection);
    } catch (const std::runtime_error&) {
      return {};
    }
  }
  // The server that leads the log's stream, or one of those that follow.
  std::string server(bool that_leads) const {
    std::string found;
    REQUIRE(support::eventually([&] {
      for (const auto& keeper : keepers())
        if (keeper.leads == that_leads) found = keeper.name;
      return !found.empty();
    }));
    return found;
  }
  void signal_server(const std::string& name, int signal) {
    REQUIRE(deployment.signal_some("nats-" + name + ".conf", signal) == 1);
  }
  bool all_have_the_log() const {
    return support::eventually([&] {
      const auto all = keepers();
      return all.size() == 3 && std::ranges::all_of(all, &nats::Keeper::current);
    });
  }

  void kill_engine_that_leads() {
    std::string leader;
    REQUIRE(support::eventually([&] {
      for (std::size_t i = 0; i < 2; ++i)
        if (deployment.leads(i)) leader = std::to_string(i + 1);
      return !leader.empty();
    }));
    REQUIRE(deployment.signal_some("engine gateway --instance " + leader, SIGKILL) == 1);
  }

  // By the engine beside this gateway, whose reader may have lost its server too.
  static void wait_until_all_is_folded(std::uint16_t port) {
    Client client{port};
    const auto last = client.post("/commands/inventory/CreateStockItem", item("last"));
    REQUIRE(last.status == 201);
    const auto facts = client.get(
        "/streams/inventory/StockItem/last",
        {{"Construct-Min-Position", last.headers.at("construct-position")}, {"Prefer", "wait=30"}});
    REQUIRE(facts.status == 200);
  }

  void check_nothing_is_lost(e2e::Load& load) const {
    const auto acknowledged = load.stop();
    wait_until_all_is_folded(deployment.ports().back());
    e2e::check_all_there(deployment.ports().back(), acknowledged);
    const auto verified = deployment.operate({"view", "verify", "stock"});
    CHECK_MESSAGE(verified.status == 0, verified.output);
  }

  // How long a command that is sent now takes, at whichever gateway; asked again until it is
  // answered.
  std::chrono::milliseconds until_answered(const std::string& id) const {
    const auto begin = std::chrono::steady_clock::now();
    std::size_t tries = 0;
    const auto answered = [&] {
      const auto answer = Client{deployment.ports()[tries++ % 2]}.post(
          "/commands/inventory/CreateStockItem", item(id), {{"Idempotency-Key", id}});
      return answer.status == 201;
    };
    REQUIRE((support::eventually(answered) || support::eventually(answered)));
    return std::chrono::duration_cast<std::chrono::milliseconds>(
        std::chrono::steady_clock::now() - begin);
  }
};

}  // namespace

TEST_SUITE("cluster") {
  TEST_CASE_FIXTURE(
      Cluster, "whatever fails, commands are answered again within seconds, and nothing is lost") {
    // Servers elect another leader when they have not heard of theirs for 4 to 9 seconds.
    constexpr std::chrono::seconds soon{5}, after_an_election{20};
    std::string held;
    struct Fault {
      std::string what;
      std::function<void()> strike;
      std::chrono::seconds most;
      std::function<void()> mend = [] {};
    };
    const Fault faults[] = {
        {"a server that follows is killed", [&] { signal_server(server(false), SIGKILL); }, soon},
        {"the server that leads is killed",
         [&] { signal_server(server(true), SIGKILL); },
         after_an_election},
        {"the engine that leads is killed", [&] { kill_engine_that_leads(); }, soon},
        {"the server that leads is cut off for as long as nobody else leads",
         [&] { signal_server(held = server(true), SIGSTOP); },
         after_an_election,
         [&] { signal_server(held, SIGCONT); }},
    };
    e2e::Load load{deployment.ports(), 2};
    load.until(100);
    for (const auto& [what, strike, most, mend] : faults) {
      CAPTURE(what);
      strike();
      const auto took = until_answered("after-" + std::to_string(load.count()));
      CHECK(took < most);
      MESSAGE(what, ": answered after ", took.count(), " ms");
      load.until(load.count() + 50);
      mend();
      REQUIRE(all_have_the_log());
    }
    check_nothing_is_lost(load);
    const auto told = deployment.operate({"status"});
    CAPTURE(told.output);
    for (const auto* part : {"log server-1", "log server-2", "log server-3", "leads those"})
      CHECK(told.output.find(part) != std::string::npos);
  }

  TEST_CASE_FIXTURE(
      Cluster,
      "a server that only its clients still reach stops nobody, and answers nothing untrue") {
    // Whoever is at that server leaves it after 12 s, and a request that is on its way meanwhile
    // may be answered 503 first.
    constexpr std::chrono::seconds most{45};
    e2e::Network network{
        deployment, {"server-1", "server-2", "server-3"}, [&] { REQUIRE(all_have_the_log()); }};
    e2e::Load load{deployment.ports(), 2};
    load.until(100);
    for (const bool that_leads : {false, true, true}) {
      CAPTURE(that_leads);
      const auto cut_off = server(that_leads);
      network.cut_off(cut_off);
      const auto took = until_answered("during-" + std::to_string(load.count()));
      CHECK(took < most);
      const std::string role = that_leads ? "leads" : "follows";
      MESSAGE("the server that ", role, " is cut off: answered after ", took.count(), " ms");
      load.until(load.count() + 50);
      network.mend(cut_off);
      REQUIRE(all_have_the_log());
    }
    check_nothing_is_lost(load);
  }

  TEST_CASE_FIXTURE(Cluster, "the log goes into a backup, and out of it into three servers again") {
    Client client{deployment.port()};
    e2e::stock(client, "sku-1", 7);
    const auto backup = deployment.folder() / "backup";
    const auto taken = deployment.operate({"backup", backup.string()});
    CHECK_MESSAGE(taken.status == 0, taken.output);
    REQUIRE(deployment.terminate().status == 0);
    const auto other = deployment.operate({"up", "--port", std::to_string(deployment.port())});
    CHECK(other.status == 1);
    CHECK(other.output.find("kept by three servers") != std::string::npos);

    e2e::Deployment second{{"--empty", "--cluster", "3"}, 1};
    const auto restored =
        e2e::run({"restore", backup.string(), "--data", second.data().string(), "--cluster", "3"});
    CHECK_MESSAGE(restored.status == 0, restored.output);
    second.start();
    CHECK(support::eventually([&] {
      const auto row = Client{second.port()}.get("/inventory/sku-1");
      return row.status == 200 && read(row)["quantity_available"] == 7;
    }));
  }
}
