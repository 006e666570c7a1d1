// The transparency log of a running deployment, as auditors meet it.
#include <fmt/format.h>

#include <cstdlib>
#include <fstream>

#include "gateways/cli/data_folder.hpp"
#include "gateways/rocks/database.hpp"
#include "projections/audit/tree.hpp"
#include "projections/inventory/stock.hpp"
#include "tests/e2e/load.hpp"

namespace {

using e2e::Client;

struct Audited {
  e2e::Deployment deployment{
      {"--empty", "--apart", "--audit-interval-ms", "50", "--audit-name", "log.test"}};
  Audited() { deployment.start(); }

  std::filesystem::path at(const std::string& name) const { return deployment.folder() / name; }
  std::string url() const { return "http://127.0.0.1:" + std::to_string(deployment.port()); }

  void write(const std::string& name, const std::string& bytes) const {
    std::ofstream{at(name), std::ios::binary} << bytes;
  }
  // A checkpoint of at least so many commits.
  std::string checkpoint(std::uint64_t commits) const {
    std::string note;
    Client client{deployment.port()};
    REQUIRE_MESSAGE(
        support::eventually([&] {
          const auto answer = client.get("/checkpoint");
          note = answer.body;
          return answer.status == 200 && size_of(note) >= commits;
        }),
        (note + deployment.output()));
    return note;
  }
  static std::uint64_t size_of(const std::string& note) {
    return std::stoull(note.substr(note.find('\n') + 1));
  }
  // Whom an auditor trusts: this log's key, as it was first seen.
  void trust() const {
    write("policy", "log " + Client{deployment.port()}.get("/vkey").body + "quorum none\n");
  }
  e2e::Ended verify(std::vector<std::string> words) const {
    words.insert(words.begin(), "verify");
    words.insert(words.end(), {"--policy", at("policy").string()});
    return e2e::run(words);
  }
  e2e::Ended mirror() const { return e2e::run({"mirror", url(), at("mirror").string()}); }
};

void check_ended(const e2e::Ended& ended, int status) {
  CHECK_MESSAGE(ended.status == status, ended.output);
}

// One each, of so many commands.
void make_commits(std::uint16_t port, int count) {
  static std::atomic<int> made{0};
  constexpr int clients = 8;
  const auto end = made + count;
  e2e::at_once(clients, [&](int) {
    Client client{port};
    for (int i = made++; i < end; i = made++)
      CHECK(
          client.post("/commands/inventory/CreateStockItem", e2e::item("sku-" + std::to_string(i)))
              .status == 201);
  });
}

}  // namespace

TEST_SUITE("audit") {
  TEST_CASE_FIXTURE(
      Audited, "all that is served is verified offline, by the key that was seen first") {
    make_commits(deployment.port(), 600);
    const auto note = checkpoint(600);
    CHECK(note.starts_with("log.test/construct/"));
    trust();
    check_ended(mirror(), 0);
    check_ended(verify({"log", at("mirror").string()}), 0);

    Client client{deployment.port()};
    const auto proof = client.get("/proof/inclusion?index=77");
    CHECK(proof.status == 200);
    write("77.tlog-proof", proof.body);
    write("77", client.get("/commit/77").body);
    write("78", client.get("/commit/78").body);
    const auto prove = [&](const char* commit) {
      return verify({"proof", at("77.tlog-proof").string(), "--commit", at(commit).string()});
    };
    check_ended(prove("77"), 0);
    check_ended(prove("78"), 1);

    // It goes on, and continues what was seen; so it does from any checkpoint that was signed.
    write("seen", note);
    make_commits(deployment.port(), 50);
    const auto later = checkpoint(651);  // of all of them, and of the log's beginning
    check_ended(mirror(), 0);
    check_ended(verify({"log", at("mirror").string(), "--since", at("seen").string()}), 0);
    write("later", later);
    check_ended(
        verify(
            {"consistency",
             at("seen").string(),
             at("later").string(),
             "--tiles",
             at("mirror").string()}),
        0);
    const auto all = client.get("/checkpoints").body;
    CHECK(all.find(note) != std::string::npos);
  }

  TEST_CASE_FIXTURE(Audited, "what is not there yet is a 404, what is no address a 400") {
    make_commits(deployment.port(), 300);
    const auto size = size_of(checkpoint(300));
    Client client{deployment.port()};
    const auto status = [&](const std::string& path) { return client.get(path).status; };
    const auto none = std::to_string(size + 100'000);
    CHECK(
        client.get("/tile/0/000").headers["cache-control"].find("immutable") != std::string::npos);
    CHECK(client.get("/tile/0/000").headers["content-type"] == "application/octet-stream");
    CHECK(client.get("/checkpoint").headers["content-type"] == "text/plain; charset=utf-8");
    CHECK(client.get("/tile/0/000").body.size() == 256 * 32);
    CHECK(client.get("/tile/0/000.p/3").body.size() == 3 * 32);
    CHECK(client.get("/tile/0/001.p/1").body.size() == 32);
    CHECK(client.get("/tile/entries/000.p/2").body.size() == 2 * 55);
    CHECK(client.get("/tile/1/000.p/1").body.size() == 32);
    for (const auto& path :
         {std::string{"/tile/0/x001/234"},
          std::string{"/tile/0/x001/x234/067"},
          std::string{"/tile/2/000"},
          std::string{"/tile/63/000"},
          std::string{"/tile/1/000"},
          "/commit/" + none,
          "/proof/inclusion?index=" + none,
          "/proof/inclusion?index=0&size=" + none,
          "/proof/consistency?old=1&new=" + none,
          std::string{"/proof/consistency?old=9&new=8"}})
      CHECK_MESSAGE(status(path) == 404, path);
    for (const auto* path :
         {"/tile/64/000",
          "/tile/0/0",
          "/tile/0/0000",
          "/tile/0/x000/001",
          "/tile/0/000.p/0",
          "/tile/0/000.p/256",
          "/tile/0/000.p/01",
          "/tile/0/001/000",
          "/tile/a/000",
          "/tile/00/000",
          "/tile/0/x999/x999/x999/x999/x999/x999/999",
          "/commit/-1",
          "/commit/01",
          "/proof/inclusion",
          "/proof/inclusion?index=a",
          "/proof/inclusion?index=0&extra=1",
          "/checkpoints?limit=0"})
      CHECK_MESSAGE(status(path) == 400, path);
    CHECK(
        client.get("/proof/inclusion?index=x").body.find("\"code\":\"malformed\"") !=
        std::string::npos);
  }

  TEST_CASE_FIXTURE(
      Audited, "killed and started again, it contradicts nothing that it has signed") {
    make_commits(deployment.port(), 200);
    write("seen", checkpoint(200));
    trust();
    for (int i = 0; i < 3; ++i) {
      CHECK(deployment.kill_some("construct audit") == 1);
      make_commits(deployment.port(), 40);
      checkpoint(size_of(checkpoint(1)) + 1);
    }
    deployment.kill_everything();
    deployment.start();
    // Of its own it begins where it was; the store can be made again, too.
    deployment.terminate();
    std::filesystem::remove_all(deployment.data() / "folds" / "audit");
    deployment.start();
    make_commits(deployment.port(), 20);
    checkpoint(300);
    check_ended(mirror(), 0);
    check_ended(verify({"log", at("mirror").string(), "--since", at("seen").string()}), 0);
    CHECK(
        Client{deployment.port()}.get("/checkpoints").body.find(cli::read_file(at("seen"))) !=
        std::string::npos);
    for (const auto& entry : std::filesystem::directory_iterator{deployment.data() / "keys"})
      CHECK(
          (entry.status().permissions() & std::filesystem::perms::others_all) ==
          std::filesystem::perms::none);
  }

  TEST_CASE(
      "a log whose bytes were changed is found at the next start, by the commit, and nothing is "
      "signed over it") {
    const auto vitals = e2e::free_ports(1);
    e2e::Deployment deployment{
        {"--empty", "--audit-interval-ms", "50", "--vitals-port", std::to_string(vitals)}};
    deployment.start();
    make_commits(deployment.port(), 30);
    Client client{deployment.port()};
    const auto made =
        client.post("/commands/inventory/CreateStockItem", e2e::item("to-be-changed"));
    REQUIRE(made.status == 201);
    const auto position = made.headers.at("construct-position");
    const auto commit = position.substr(position.find('-') + 1);
    make_commits(deployment.port(), 30);
    std::string note;
    REQUIRE(support::eventually([&] {
      note = client.get("/checkpoint").body;
      return note.find('\n') != std::string::npos && Audited::size_of(note) >= 62;
    }));
    deployment.terminate();

    const auto blocks = deployment.data() / "log/jetstream/$G/streams/EVENTS/msgs/1.blk";
    auto bytes = cli::read_file(blocks);
    const auto at = bytes.find("StockItem/to-be-changed");
    REQUIRE(at != std::string::npos);
    bytes[at + 10] ^= 1;
    std::ofstream{blocks, std::ios::binary} << bytes;
    deployment.start();
    REQUIRE_MESSAGE(
        support::eventually([&] {
          return deployment.output().find(
                     "no checkpoint is signed any more: commit " + commit + ' ') !=
                 std::string::npos;
        }),
        deployment.output());
    make_commits(deployment.port(), 10);
    Client audit{vitals};
    CHECK(audit.get("/metrics").body.find("construct_audit_refused 1\n") != std::string::npos);
    CHECK(audit.get("/readyz").status == 503);
    CHECK(Client{deployment.port()}.get("/checkpoint").body == note);
  }

  TEST_CASE_FIXTURE(
      Audited,
      "a tree that was changed is not signed over either, and is made again from the log") {
    make_commits(deployment.port(), 300);
    const auto note = checkpoint(300);
    trust();
    write("seen", note);
    deployment.terminate();
    const auto folder = deployment.data() / "folds" / "audit";
    {
      rocks::Database store{
          rocks::Database::As::fold,
          folder,
          {audit::Families::names.begin(), audit::Families::names.end()}};
      auto tile = store.get(audit::Families::tiles, audit::tile_key(0, 0)).value();
      tile[77] = static_cast<char>(tile[77] ^ 1);
      store.write({{audit::Families::tiles, audit::tile_key(0, 0), tile}});
    }
    deployment.start();
    // Which leaf it is of.
    REQUIRE_MESSAGE(
        support::eventually([&] {
          return deployment.output().find("signed any more: commit 2 ") != std::string::npos;
        }),
        deployment.output());
    deployment.terminate();
    std::filesystem::remove_all(folder);
    deployment.start();
    make_commits(deployment.port(), 10);
    checkpoint(size_of(note) + 1);
    check_ended(mirror(), 0);
    check_ended(verify({"log", at("mirror").string(), "--since", at("seen").string()}), 0);
  }

  TEST_CASE_FIXTURE(
      Audited, "a row of a view that was changed, checksums and all, is named by its key") {
    make_commits(deployment.port(), 30);
    Client client{deployment.port()};
    REQUIRE(
        client.post("/commands/inventory/CreateStockItem", e2e::item("to-be-changed")).status ==
        201);
    REQUIRE(
        support::eventually([&] { return !e2e::row(client, "/inventory/to-be-changed").empty(); }));
    check_ended(deployment.operate({"view", "verify", "stock"}), 0);
    deployment.terminate();
    {
      const auto type = inventory::stock();
      rocks::Database store{
          rocks::Database::As::primary,
          deployment.data() / "folds" / fmt::format("stock-{}", type.version),
          views::families(type)};
      const auto items = views::family(type, "items");
      auto row = store.get(items, "to-be-changed").value();
      row[row.find("p-1")] = 'q';
      store.write({{items, "to-be-changed", row}});
    }
    deployment.start();
    e2e::Ended verified;
    // Whoever folds may not be back yet.
    const bool named = support::eventually([&] {
      verified = deployment.operate({"view", "verify", "stock"});
      return verified.output.find("row to-be-changed of the table items of stock") !=
             std::string::npos;
    });
    CHECK_MESSAGE(named, verified.output);
    check_ended(verified, 1);
    check_ended(deployment.operate({"view", "rebuild", "stock"}), 0);
    check_ended(deployment.operate({"view", "switch", "stock"}), 0);
    check_ended(deployment.operate({"view", "verify", "stock"}), 0);
  }

  TEST_CASE_FIXTURE(Audited, "a restored log is another one, with a key and an origin of its own") {
    make_commits(deployment.port(), 40);
    const auto before = checkpoint(40);
    const auto backup = at("backup").string();
    check_ended(e2e::run({"backup", backup, "--data", deployment.data().string()}), 0);
    e2e::Deployment second{{"--empty", "--audit-interval-ms", "50", "--audit-name", "log.test"}};
    check_ended(e2e::run({"restore", backup, "--data", second.data().string()}), 0);
    second.start();
    Client client{second.port()};
    std::string after;
    REQUIRE(support::eventually([&] {
      const auto answer = client.get("/checkpoint");
      after = answer.body;
      return answer.status == 200;
    }));
    CHECK(after.substr(0, after.find('\n')) != before.substr(0, before.find('\n')));
    CHECK(after.starts_with("log.test/construct/"));
    // What the life before has signed is kept.
    const auto signed_before =
        second.data() / "keys" / ("audit-" + before.substr(19, before.find('\n') - 19) + ".signed");
    CHECK(cli::read_file(signed_before).find(before) != std::string::npos);
  }

  TEST_CASE(
      "witnesses sign what continues, and a checkpoint is published when enough of them have") {
    e2e::Deployment deployment{{"--empty", "--audit-interval-ms", "50"}};
    deployment.start();
    make_commits(deployment.port(), 20);
    Client client{deployment.port()};
    REQUIRE(support::eventually([&] { return client.get("/checkpoint").status == 200; }));
    const auto log_line = "log " + client.get("/vkey").body;
    const auto file = [&](const std::string& name, const std::string& text) {
      std::ofstream{deployment.folder() / name} << text;
      return (deployment.folder() / name).string();
    };
    const auto port = std::to_string(cli::free_port());
    const std::vector<std::string> command{
        support::program("construct"),
        "witness",
        "--port",
        port,
        "--witness-name",
        "w.test/1",
        "--policy",
        file("logs", log_line + "quorum none\n"),
        "--data",
        (deployment.folder() / "w").string()};
    auto witness = cli::start({"witness", command, {}});
    const auto witness_port = static_cast<std::uint16_t>(std::stoi(port));
    REQUIRE(support::eventually([&] { return Client{witness_port}.get("/vkey").status == 200; }));
    const auto vkey = Client{witness_port}.get("/vkey").body;
    const auto policy = log_line + "witness one " + vkey.substr(0, vkey.size() - 1) +
                        " http://127.0.0.1:" + port + "\nquorum one\n";
    deployment.terminate();
    const auto arguments = file("policy", policy);
    setenv("CONSTRUCT_POLICY", arguments.c_str(), 1);
    deployment.start();
    make_commits(deployment.port(), 20);
    std::string cosigned;
    REQUIRE_MESSAGE(
        support::eventually([&] {
          cosigned = Client{deployment.port()}.get("/checkpoint").body;
          return Audited::size_of(cosigned) >= 41 &&
                 cosigned.find("\u2014 w.test/1 ") != std::string::npos;
        }),
        (cosigned + deployment.output()));
    const auto seen = file("seen", cosigned);
    check_ended(e2e::run({"verify", "diff", seen, seen, "--policy", arguments}), 0);

    // Without it there is a pending one, and the one before stays published.
    cli::stop(witness, std::chrono::seconds{5});
    make_commits(deployment.port(), 20);
    REQUIRE(support::eventually([&] {
      return Audited::size_of(Client{deployment.port()}.get("/checkpoint.pending").body) >
             Audited::size_of(cosigned);
    }));
    CHECK(
        Audited::size_of(Client{deployment.port()}.get("/checkpoint").body) <
        Audited::size_of(Client{deployment.port()}.get("/checkpoint.pending").body));
    witness = cli::start({"witness", command, {}});
    CHECK(support::eventually([&] {
      return Client{deployment.port()}.get("/checkpoint").body ==
             Client{deployment.port()}.get("/checkpoint.pending").body;
    }));
    unsetenv("CONSTRUCT_POLICY");
    cli::stop(witness, std::chrono::seconds{5});
  }

  TEST_CASE("the trail tells who did what, page by page, and what caused what") {
    e2e::Deployment deployment;
    deployment.start();
    Client client{deployment.port()};
    e2e::stock(client, "sku-1", 100);
    const auto order = e2e::json{
        {"order_id", "o-1"},
        {"user_id", "u-1"},
        {"currency_code", "EUR"},
        {"payment_method", "test_ok"},
        {"items",
         {{{"order_item_id", "i-1"},
           {"product_id", "p-1"},
           {"inventory_id", "sku-1"},
           {"quantity", 1},
           {"unit_price", 1999}}}}};
    const auto placed =
        client.post("/orders", order.dump(), {{"Construct-Correlation-Id", "case-7"}});
    REQUIRE(placed.status == 201);
    REQUIRE(support::eventually(
        [&] { return e2e::row(client, "/orders/o-1").value("status", "") == "confirmed"; }));
    const auto trail = [&](const std::string& query) {
      return e2e::read(client.get("/audit/events?" + query));
    };
    // All that came of it carries its correlation.
    e2e::json events;
    REQUIRE(support::eventually([&] {
      events = trail("correlation=case-7")["items"];
      return std::ranges::any_of(
          events, [](const auto& event) { return event["type"] == "OrderConfirmed"; });
    }));
    CHECK(events[0]["type"] == "OrderPlaced");
    const auto commit = events[0]["commit"].get<std::uint64_t>();
    for (const auto& event : events) {
      CHECK(event["correlation_id"] == "case-7");
      CHECK(event["commit"].get<std::uint64_t>() >= commit);
      CHECK(event["data"].is_object());
    }
    CHECK(trail("correlation=case-7&type=OrderPlaced")["items"].size() == 1);
    CHECK(trail("correlation=case-7&actor=nobody")["items"].empty());
    CHECK(trail("context=smart_contract")["items"].empty());
    const auto of_one = trail(
        "context=inventory&from=" + std::to_string(commit) +
        "&to=" + std::to_string(commit + 1))["items"];
    CHECK(!of_one.empty());
    for (const auto& event : of_one) {
      CHECK(event["commit"] == commit);
      CHECK(event["stream"] == "inventory/StockItem/sku-1");
    }
    const auto time = events[0]["time"].get<std::string>();
    CHECK(trail("from=" + time)["items"][0]["commit"] == commit);
    CHECK(trail("to=" + time)["items"].back()["commit"] == commit - 1);

    // Page by page it is the same.
    const auto whole = trail("limit=500")["items"];
    e2e::json paged = e2e::json::array();
    std::string cursor;
    do {
      const auto page = trail("limit=2" + (cursor.empty() ? "" : "&cursor=" + cursor));
      for (const auto& item : page["items"]) paged.push_back(item);
      cursor = page["next_cursor"].is_null() ? "" : page["next_cursor"].get<std::string>();
    } while (!cursor.empty());
    CHECK(paged == whole);

    const auto causes = e2e::read(client.get("/audit/causes/" + std::to_string(commit)));
    CHECK(causes["because"].empty());
    CHECK(
        causes["commit"]["facts"].size() ==
        static_cast<std::size_t>(std::ranges::count_if(
            events, [&](const auto& event) { return event["commit"] == commit; })));
    CHECK(!causes["commit"]["caused"].empty());
    const auto last = std::to_string(events.back()["commit"].get<std::uint64_t>());
    const auto chain = e2e::read(client.get("/audit/causes/" + last))["because"];
    REQUIRE(!chain.empty());
    CHECK(chain[0]["commit"] == commit);
    CHECK(client.get("/audit/causes/99999999").status == 404);
    for (const auto* wrong :
         {"/audit/causes/x",
          "/audit/events?from=yesterday",
          "/audit/events?who=ann",
          "/audit/events?limit=0",
          "/audit/events?cursor=x"})
      CHECK_MESSAGE(client.get(wrong).status / 100 == 4, wrong);
  }
}
