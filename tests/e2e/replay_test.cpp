// `construct replay` as an analyst runs it, on a deployment that goes on meanwhile.
#include <fmt/format.h>
#include <sys/wait.h>

#include <algorithm>

#include "domain/kernel/crypto.hpp"
#include "gateways/cli/data_folder.hpp"
#include "tests/e2e/load.hpp"

namespace {

using e2e::Client;
using e2e::json;
using e2e::read;

struct Analyst {
  e2e::Deployment deployment;
  support::TemporaryFolder folder;
  Analyst() { deployment.start(); }

  e2e::Ended replay(std::vector<std::string> words) const {
    words.insert(words.begin(), "replay");
    words.insert(words.end(), {"--data", deployment.data().string()});
    return e2e::run(words);
  }
  // What must be possible; what it shows, as JSON.
  json shown(const std::vector<std::string>& words) const {
    const auto ended = replay(words);
    REQUIRE_MESSAGE(ended.status == 0, ended.output);
    return json::parse(ended.output);
  }
  std::string file(const std::string& name) const { return (folder.path() / name).string(); }
};

void receive(Client& client, const std::string& id, int quantity) {
  const json body{{"inventory_id", id}, {"quantity", quantity}, {"source_ref", "po-8"}};
  REQUIRE(client.post("/commands/inventory/ReceiveStock", body.dump()).status == 200);
}

}  // namespace

TEST_SUITE("replay") {
  TEST_CASE_FIXTURE(Analyst, "what was is what GET said then, by the position of its answer") {
    Client client{deployment.port()};
    e2e::stock(client, "sku-1", 10);
    json row;
    std::string position;
    REQUIRE(support::eventually([&] {
      const auto answer = client.get("/inventory/sku-1");
      if (answer.status != 200) return false;
      row = read(answer);
      position = answer.headers.at("construct-position");
      return row["quantity_on_hand"] == 10;
    }));
    receive(client, "sku-1", 5);
    const auto was = shown({"state", "--view", "stock", "--key", "sku-1", "--at", position});
    CHECK(was["row"] == row);
    const auto state = shown({"state", "inventory/StockItem/sku-1", "--at", position});
    CHECK(state["state"]["on_hand"] == 10);
    CHECK(shown({"state", "inventory/StockItem/sku-1"})["state"]["on_hand"] == 15);

    // The facts of the aggregate are those of /streams.
    const auto facts = shown({"events", "--aggregate", "inventory/StockItem/sku-1", "-o", "json"});
    const auto stream = read(client.get("/streams/inventory/StockItem/sku-1"))["items"];
    REQUIRE(facts.size() >= 3);
    REQUIRE(facts.size() == stream.size());
    for (std::size_t i = 0; i < facts.size(); ++i) {
      CHECK(facts[i]["data"] == stream[i]["data"]);
      CHECK(facts[i]["position"] == stream[i]["position"]);
      CHECK(facts[i]["commandid"] == stream[i]["command_id"]);
      CHECK(facts[i]["time"] == stream[i]["time"]);
      CHECK(facts[i]["aggregateversion"] == stream[i]["version"]);
    }
  }

  TEST_CASE_FIXTURE(Analyst, "rebuilt twice under load it is the same; what differs is told") {
    e2e::Load load{{deployment.port()}, 2};
    load.until(100);
    const auto end = shown({"events", "--tail", "1", "-o", "json"})[0]["position"];
    load.until(load.count() + 50);
    const auto run = [&](const std::string& name, const std::vector<std::string>& more) {
      std::vector<std::string> words{
          "run", "--projection", "stock", "--at", end.get<std::string>(), "--out", file(name)};
      words.insert(words.end(), more.begin(), more.end());
      return shown(words);
    };
    const auto once = run("once", {}), again = run("again", {});
    CHECK(once == again);
    CHECK(once["rows"] >= 100);
    const auto rows = e2e::run({"replay", "state", "--from", file("once")});
    CHECK(rows.status == 0);
    CHECK(once["state_sha256"] == kernel::to_hex(kernel::text(kernel::sha256(rows.output))));
    CHECK(e2e::run({"replay", "diff", file("once"), file("again")}).status == 0);
    const auto dropped = run("else", {"--drop", "aggregate=inventory/StockItem/load-0-0"});
    CHECK(dropped["dropped"] == 1);
    const auto told = e2e::run({"replay", "diff", file("once"), file("else"), "-o", "json"});
    CHECK(told.status == 1);
    const auto rows_of_difference = json::parse(told.output);
    REQUIRE(rows_of_difference.size() == 1);
    CHECK(rows_of_difference[0]["key"] == "load-0-0");
    CHECK(rows_of_difference[0]["change"] == "removed");
  }

  TEST_CASE_FIXTURE(Analyst, "an export holds what was acknowledged, and its manifest its hash") {
    Client client{deployment.port()};
    e2e::stock(client, "sku-1", 10);
    receive(client, "sku-1", 5);
    const auto manifest = shown({"export", "--format", "jsonl", "--out", file("facts.jsonl")});
    const auto text = cli::read_file(file("facts.jsonl"));
    CHECK(manifest["sha256"] == kernel::to_hex(kernel::text(kernel::sha256(text))));
    CHECK(manifest["events"] == std::ranges::count(text, '\n'));
    CHECK(replay({"export", "--format", "sqlite", "--out", file("facts.db")}).status == 0);
    CHECK(
        replay({"export", "--format", "csv", "--fact", "StockReceived", "--out", file("facts.csv")})
            .status == 0);
    CHECK(cli::read_file(file("facts.csv")).find(",5,po-8\r\n") != std::string::npos);
    CHECK(replay({"export", "--format", "csv", "--out", file("facts.csv")}).status == 2);
  }

  TEST_CASE_FIXTURE(
      Analyst, "what is followed shows what is committed from then on, and ends well") {
    Client client{deployment.port()};
    const auto output = folder.path() / "followed";
    const auto follower = cli::start(
        {"replay",
         {"/bin/sh",
          "-c",
          fmt::format(
              "exec {} replay events -f -o jsonl --data {} > {}",
              support::program("construct"),
              deployment.data().string(),
              output.string())},
         {}});
    // It has begun when the first commit is there.
    REQUIRE(support::eventually(
        [&] { return cli::read_file(output).find("LogStarted") != std::string::npos; }));
    e2e::stock(client, "sku-1", 10);
    CHECK(support::eventually(
        [&] { return cli::read_file(output).find("StockReceived") != std::string::npos; }));
    kill(follower, SIGTERM);
    int status = 0;
    REQUIRE(waitpid(follower, &status, 0) == follower);
    CHECK(WIFEXITED(status));
    CHECK(WEXITSTATUS(status) == 0);
  }

  TEST_CASE_FIXTURE(Analyst, "what cannot be is a sentence and 2; nothing found is 1") {
    Client client{deployment.port()};
    e2e::stock(client, "sku-1", 10);
    const auto refused = [&](const std::vector<std::string>& words, const char* part) {
      const auto ended = replay(words);
      CHECK_MESSAGE(ended.status == 2, ended.output);
      CHECK_MESSAGE(ended.output.find(part) != std::string::npos, ended.output);
    };
    refused({}, "say what to do");
    refused({"rewind"}, "there is no verb replay rewind");
    refused({"events", "--colour", "red"}, "takes no --colour");
    refused({"events", "--fact", "OrderLost"}, "there is no fact OrderLost");
    refused({"events", "--context", "shipping"}, "there is no context shipping");
    refused({"events", "--from", "soon"}, "is no moment of the log");
    refused({"events", "--from", "99999"}, "so there is no commit");
    refused({"events", "--to", "5f0c2a91-1"}, "is of another log");
    refused({"events", "-o", "xml"}, "it takes text, json, jsonl, csv");
    refused({"events", "--limit", "-1"}, "a whole number");
    refused({"events", "-f", "--to", "2"}, "has no end");
    refused({"events", "--limit"}, "needs a value");
    refused({"state"}, "say whose state");
    refused({"run", "--out", file("run")}, "needs --projection");
    refused({"export", "--format", "parquet", "--out", file("x")}, "jsonl, csv, sqlite");
    CHECK(replay({"events", "--actor", "nobody"}).status == 1);
    CHECK(replay({"state", "inventory/StockItem/sku-2"}).status == 1);
    CHECK(replay({"state", "--view", "stock", "--key", "sku-2"}).status == 1);
    CHECK(replay({"help"}).status == 0);
    const auto nobody = e2e::run({"replay", "events", "--data", file("nothing")});
    CHECK(nobody.status == 2);
    CHECK(nobody.output.find("nothing runs on the data folder") != std::string::npos);
  }
}
