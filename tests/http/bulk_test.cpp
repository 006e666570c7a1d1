// Commands in bulk: one per line, one answer per line.

#include <doctest/doctest.h>

#include <sstream>

#include "tests/http/gateway.hpp"

using namespace http_test;

TEST_SUITE("http: bulk") {
  const std::vector<std::string> ndjson{"Content-Type: application/x-ndjson"};

  std::string line(const std::string& id, const std::string& sku) {
    return R"({"context":"inventory","command":"CreateStockItem","id":")" + id +
           R"(","body":{"inventory_id":")" + sku +
           R"(","product_id":"p-1","location_id":"main"}})" + "\n";
  }

  std::vector<nlohmann::json> lines_of(const Answer& answer) {
    std::vector<nlohmann::json> lines;
    std::istringstream text{answer.body};
    for (std::string each; std::getline(text, each);) lines.push_back(nlohmann::json::parse(each));
    return lines;
  }

  TEST_CASE("every line is a command and gets its answer, in order") {
    Gateway gateway;
    gateway.engine.decide = [](const engine::Command& command) -> engine::Answer {
      if (command.key == "b")
        return engine::Rejected{.code = "inventory/already_exists", .position = {incarnation, 4}};
      return engine::Accepted{
          .position = {incarnation, 4},
          .stream = "inventory/StockItem/x",
          .version = 1,
          .events = {"StockItemCreated"},
          .created = true,
          .replayed = command.key == "c"};
    };
    Client client{gateway.port()};
    const auto answer = client.request(
        "POST", "/commands", line("a", "s-1") + line("b", "s-2") + line("c", "s-3"), ndjson);
    CHECK(answer.status == 200);
    CHECK(answer.header("content-type") == "application/x-ndjson");
    const auto lines = lines_of(answer);
    REQUIRE(lines.size() == 3);
    CHECK(lines[0] == nlohmann::json::parse(R"({"status":201,"id":"a","position":"5f0c2a91-4",
        "stream":"inventory/StockItem/x","version":1,"events":["StockItemCreated"]})"));
    CHECK(lines[1]["status"] == 422);
    CHECK(lines[1]["id"] == "b");
    CHECK(lines[1]["position"] == "5f0c2a91-4");
    CHECK(lines[2]["replayed"] == true);
  }

  TEST_CASE("a bad line fails alone and says why") {
    const std::vector<std::pair<std::string, std::string>> bad{
        {"nonsense", ""},
        {"[]", ""},
        {R"({"context":"inventory","command":"CreateStockItem"})", "/body"},
        {R"({"context":"inventory","command":"NoSuch","body":{}})", "/command"},
        {R"({"context":"ordering","command":"CreateStockItem","body":{}})", "/command"},
        {R"({"context":1,"command":"CreateStockItem","body":{}})", "/context /command"},
        {R"({"context":"inventory","command":"CreateStockItem","id":"a b","body":{}})", "/id"},
        {R"({"context":"inventory","command":"ExpireReservation","body":{"inventory_id":"a"}})",
         "/body/reservation_id"},
        {R"({"context":"inventory","command":"ExpireReservation","more":1,"body":{}})", "/more"},
        {R"({"context":"inventory","context":"inventory","command":"ExpireReservation","body":{}})",
         "/context"},
        {R"({"context":"inventory","command":"ExpireReservation","body":{}} x)", ""}};
    Gateway gateway;
    Client client{gateway.port()};
    for (const auto& [text, where] : bad) {
      CAPTURE(text);
      const auto lines =
          lines_of(client.request("POST", "/commands", text + "\n" + line("k", "s-1"), ndjson));
      REQUIRE(lines.size() == 2);
      CHECK(lines[0]["code"] == "malformed");
      CHECK(paths({.body = lines[0].dump()}) == where);
      CHECK(lines[1]["status"] == 200);
    }
    CHECK(gateway.engine.commands().size() == bad.size());
  }

  TEST_CASE("a line without an id gets one and is told it") {
    Gateway gateway;
    Client client{gateway.port()};
    const auto lines = lines_of(client.request(
        "POST",
        "/commands",
        R"({"body":{"inventory_id":"a","reservation_id":"r"},"command":"ExpireReservation","context":"inventory"})",
        ndjson));
    CHECK(lines.at(0)["id"] == gateway.engine.last().key);
    CHECK(gateway.engine.last().key_is_new);
  }

  TEST_CASE("the same command has the same digest in bulk") {
    Gateway gateway;
    Client client{gateway.port()};
    client.request("POST", "/commands", line("k", "sku-1"), ndjson);
    const auto digest = gateway.engine.last().digest;
    client.post(
        "/commands/inventory/CreateStockItem",
        R"({"inventory_id":"sku-1","product_id":"p-1","location_id":"main"})");
    CHECK(gateway.engine.last().digest == digest);
  }

  TEST_CASE("a line over 1 MiB fails alone, however long the body is") {
    Gateway gateway;
    Client client{gateway.port()};
    const auto lines = lines_of(client.request(
        "POST",
        "/commands",
        line("a", "s-1") + std::string(1024 * 1024 + 1, 'x') + "\n" + line("b", "s-2"),
        ndjson));
    REQUIRE(lines.size() == 3);
    CHECK(lines[1]["status"] == 413);
    CHECK(lines[2]["id"] == "b");
  }

  TEST_CASE("anything but lines is refused") {
    Gateway gateway;
    Client client{gateway.port()};
    CHECK(client.post("/commands", "{}").status == 415);
    CHECK(client.request("POST", "/commands?x=1", line("a", "s"), ndjson).status == 400);
    CHECK(client.request("POST", "/commands", "", ndjson).status == 200);
  }
}
