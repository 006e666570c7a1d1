// What an operator does, by the verbs of `construct`, on a running deployment.
#include <atomic>
#include <fstream>
#include <thread>

#include "tests/e2e/load.hpp"

namespace {

using e2e::Client;
using e2e::json;
using e2e::read;

struct Running {
  e2e::Deployment deployment;
  Running() { deployment.start(); }
};

std::string order(const std::string& id, const std::string& method = "test_ok") {
  return json{
      {"order_id", id},
      {"user_id", "u-1"},
      {"currency_code", "EUR"},
      {"payment_method", method},
      {"items",
       {{{"order_item_id", id + "-i"},
         {"product_id", "p-1"},
         {"inventory_id", "sku-1"},
         {"quantity", 1},
         {"unit_price", 1999}}}}}
      .dump();
}

// Asks for one row over and over, and counts what it is answered.
class Reader {
 public:
  Reader(std::uint16_t port, std::string path)
      : thread_{[this, port, path = std::move(path)] {
          Client client{port};
          while (!done_) (client.get(path).status == 200 ? answers : others)++;
        }} {}
  ~Reader() {
    done_ = true;
    thread_.join();
  }
  Reader(const Reader&) = delete;
  Reader& operator=(const Reader&) = delete;

  std::atomic<int> answers{0}, others{0};

 private:
  std::atomic<bool> done_{false};
  std::thread thread_;
};

bool confirmed(Client& client, const std::string& id) {
  return support::eventually(
      [&] { return read(client.get("/orders/" + id))["status"] == "confirmed"; });
}

}  // namespace

TEST_SUITE("operations") {
  TEST_CASE_FIXTURE(Running, "status tells of every part, and says what to do where nothing runs") {
    const auto told = deployment.operate({"status"});
    CHECK(told.status == 0);
    for (const auto* part : {"engine 1", "gateway 1", "flows", "effects", "view orders", "leads"})
      CHECK(told.output.find(part) != std::string::npos);
    const support::TemporaryFolder nothing;
    const auto nobody = e2e::run({"status", "--data", nothing.path().string()});
    CHECK(nobody.status == 1);
    CHECK(nobody.output.find("nothing runs on the data folder") != std::string::npos);
  }

  TEST_CASE_FIXTURE(Running, "a view is rebuilt, switched to and rolled back while it is read") {
    e2e::Load load{{deployment.port()}, 4};
    load.until(300);
    Reader reader{deployment.port(), "/inventory/load-0-1"};
    const auto all_there = [&] {
      // The row of what was acknowledged last is there, so nothing is missing from before.
      Client client{deployment.port()};
      const auto made = client.post(
          "/commands/inventory/CreateStockItem",
          json{
              {"inventory_id", "at-" + std::to_string(load.count())},
              {"product_id", "p-1"},
              {"location_id", "main"}}
              .dump());
      REQUIRE(made.status == 201);
      const auto row = client.get(
          made.headers.at("location"),
          {{"Construct-Min-Position", made.headers.at("construct-position")},
           {"Prefer", "wait=30"}});
      CHECK(row.status == 200);
    };
    CHECK(deployment.operate({"view", "switch", "stock"}).status == 1);
    const auto rebuilt = deployment.operate({"view", "rebuild", "stock"});
    CHECK_MESSAGE(rebuilt.status == 0, rebuilt.output);
    CHECK(deployment.operate({"view", "rebuild", "stock"}).status == 1);
    CHECK(deployment.operate({"view", "list"}).output.find("next") != std::string::npos);
    CHECK(
        deployment.operate({"view", "verify", "stock"}).output.find("is complete") !=
        std::string::npos);
    CHECK(
        deployment.operate({"view", "quarantine", "stock"}).output.find("nothing") !=
        std::string::npos);
    CHECK(deployment.operate({"view", "retry", "stock"}).status == 0);
    // Beside a busy view it may say that it has not caught up yet, and to ask again.
    const auto switch_it = [&] {
      e2e::Ended ended;
      support::eventually([&] {
        ended = deployment.operate({"view", "switch", "stock"});
        return ended.status == 0;
      });
      return ended;
    };
    const auto switched = switch_it();
    CHECK_MESSAGE(switched.status == 0, switched.output);
    all_there();
    const auto back = deployment.operate({"view", "rollback", "stock"});
    CHECK_MESSAGE(back.status == 0, back.output);
    all_there();
    CHECK(deployment.operate({"view", "rollback", "stock"}).status == 0);
    // And all of it over again, after a restart of who folds.
    CHECK(deployment.kill_some("construct project") == 1);
    e2e::Ended listed;
    REQUIRE_MESSAGE(
        support::eventually([&] {
          listed = deployment.operate({"view", "list"});
          return listed.output.find("previous") != std::string::npos;
        }),
        (listed.output + deployment.output()));
    CHECK(deployment.operate({"view", "rebuild", "stock"}).status == 0);
    const auto again = switch_it();
    CHECK_MESSAGE(again.status == 0, again.output);
    all_there();
    CHECK(reader.answers > 0);
    CHECK(reader.others == 0);
    const auto acknowledged = load.stop();
    e2e::check_all_there(deployment.port(), acknowledged);
    CHECK(
        deployment.operate({"view", "rebuild", "nothing"}).output.find("no view nothing") !=
        std::string::npos);
  }

  TEST_CASE_FIXTURE(
      Running, "a backup is taken under load; restored, it is another life of the log") {
    Client client{deployment.port()};
    e2e::stock(client, "sku-1", 100);
    REQUIRE(client.post("/orders", order("o-1")).status == 201);
    REQUIRE(confirmed(client, "o-1"));
    std::map<std::string, json> before;
    const auto folder = deployment.folder() / "backup";
    {
      e2e::Load load{{deployment.port()}, 4};
      load.until(200);
      const auto taken = deployment.operate({"backup", folder.string()});
      CHECK_MESSAGE(taken.status == 0, taken.output);
      load.until(load.count() + 50);
      before = load.stop();
    }
    CHECK(deployment.operate({"backup", folder.string()}).status == 1);  // It is not overwritten.
    const auto answer = client.get("/orders/o-1");
    const auto old_position = answer.headers.at("construct-position");
    REQUIRE(deployment.terminate().status == 0);

    e2e::Deployment second;
    const auto restored = e2e::run({"restore", folder.string(), "--data", second.data().string()});
    CHECK_MESSAGE(restored.status == 0, restored.output);
    CHECK(e2e::run({"restore", folder.string(), "--data", second.data().string()}).status == 1);
    second.start();
    Client there{second.port()};
    // Views are made anew.
    CHECK(support::eventually([&] { return there.get("/orders/o-1").body == answer.body; }));
    const auto unknown = there.get("/orders/o-1", {{"Construct-Min-Position", old_position}});
    CHECK(unknown.status == 410);
    CHECK(read(unknown)["code"] == "position_unknown");
    // What was acknowledged before the backup is there, and is known again by its key.
    Client asks{second.port()};
    CHECK(asks.post(
                  "/commands/inventory/CreateStockItem",
                  json{{"inventory_id", "load-0-0"}, {"product_id", "p-1"}, {"location_id", "main"}}
                      .dump(),
                  {{"Idempotency-Key", "load-0-0"}})
              .headers.contains("idempotent-replayed"));
    // Nothing is sent until somebody says so.
    REQUIRE(there.post("/orders", order("o-2")).status == 201);
    CHECK(second.operate({"status"}).output.find("paused") != std::string::npos);
    CHECK(read(there.get("/orders/o-2"))["status"] == "awaiting_payment");
    const auto resumed = second.operate({"resume"});
    CHECK_MESSAGE(resumed.status == 0, resumed.output);
    CHECK(confirmed(there, "o-2"));
  }

  TEST_CASE_FIXTURE(Running, "a damaged backup is not restored") {
    const auto folder = deployment.folder() / "backup";
    REQUIRE(deployment.operate({"backup", folder.string()}).status == 0);
    SUBCASE("a byte is another one") {
      std::fstream file{folder / "log", std::ios::binary | std::ios::in | std::ios::out};
      file.seekp(60);
      file.put('\x7f');
    }
    SUBCASE("it is cut off") {
      std::filesystem::resize_file(folder / "log", std::filesystem::file_size(folder / "log") - 10);
    }
    SUBCASE("it was not finished") { std::filesystem::remove(folder / "manifest.json"); }
    const support::TemporaryFolder data;
    const auto restored =
        e2e::run({"restore", folder.string(), "--data", (data.path() / "data").string()});
    CHECK(restored.status == 1);
    CHECK(restored.output.find("use another") != std::string::npos);
  }
}
