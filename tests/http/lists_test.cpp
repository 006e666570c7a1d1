// Lists and streams over HTTP, page by page.

#include <doctest/doctest.h>

#include "schemas/inventory.hpp"
#include "tests/http/gateway.hpp"

using namespace http_test;

namespace {

http::StoredFact received(std::uint64_t version, std::int64_t quantity) {
  return {
      .position = version + 10,
      .version = version,
      .type = "StockReceived",
      .time = 1'795'000'000'000'000,
      .actor = "anonymous",
      .command = "ReceiveStock",
      .command_id = std::string(15, '\1') + '\xff',
      .correlation = "c-1",
      .causation = "",
      .data = encode(inventory::StockReceived{.quantity = quantity, .source_ref = "po-7"})};
}

std::string next_cursor(const Answer& answer) {
  const auto cursor = answer.json()["next_cursor"];
  return cursor.is_null() ? "" : cursor.get<std::string>();
}

}  // namespace

TEST_SUITE("http: lists") {
  TEST_CASE("a list is paged by its cursor until it is over") {
    Gateway gateway;
    for (const auto* id : {"a", "b", "c", "d", "e"})
      gateway.view.put("locations", location_row(id));
    Client client{gateway.port()};
    std::string seen, cursor;
    int pages = 0;
    do {
      const auto answer =
          client.get("/inventory/locations?limit=2" + (cursor.empty() ? "" : "&cursor=" + cursor));
      REQUIRE(answer.status == 200);
      CHECK(answer.header("construct-position") == "5f0c2a91-7");
      const auto items = answer.json()["items"];
      for (const auto& row : items) seen += row["location_id"].get<std::string>();
      cursor = next_cursor(answer);
      ++pages;
    } while (!cursor.empty());
    CHECK(seen == "abcde");
    CHECK(pages == 3);
    CHECK(next_cursor(client.get("/inventory/locations?limit=5")).empty());
  }

  TEST_CASE("an empty list is an empty page") {
    Gateway gateway;
    Client client{gateway.port()};
    CHECK(client.get("/inventory/transfers").body == R"({"items":[],"next_cursor":null})");
  }

  TEST_CASE("a list may go by an index") {
    Gateway gateway;
    for (const auto* id : {"a", "b", "c"}) gateway.view.put("items", item_row(id, 1));
    gateway.view.list("items", "alerts", "2", "a");
    gateway.view.list("items", "alerts", "1", "c");
    Client client{gateway.port()};
    const auto first = client.get("/inventory/alerts?limit=1");
    CHECK(first.json()["items"][0]["inventory_id"] == "c");
    CHECK(
        client.get("/inventory/alerts?cursor=" + next_cursor(first))
            .json()["items"][0]["inventory_id"] == "a");
  }

  TEST_CASE("a filter narrows a list to exactly its value") {
    Gateway gateway;
    for (const auto* id : {"a", "b", "c"}) gateway.view.put("items", item_row(id, 1));
    gateway.view.list("items", "by_product", "p-1", "a");
    gateway.view.list("items", "by_product", "p-1", "c");
    gateway.view.list("items", "by_product", "p-11", "b");
    Client client{gateway.port()};
    CHECK(client.get("/items?product_id=p-1").json()["items"].size() == 2);
    CHECK(client.get("/items?product_id=p-1&location_id=main").status == 400);
    CHECK(client.get("/items").json()["items"].size() == 3);
  }

  TEST_CASE("a cursor is good for its own list and filter only") {
    Gateway gateway;
    for (const auto* id : {"a", "b", "c"}) {
      gateway.view.put("items", item_row(id, 1));
      gateway.view.put("locations", location_row(id));
      gateway.view.list("items", "by_product", "p-1", id);
    }
    Client client{gateway.port()};
    const auto plain = next_cursor(client.get("/items?limit=1"));
    const auto filtered = next_cursor(client.get("/items?limit=1&product_id=p-1"));
    CHECK(client.get("/items?limit=2&cursor=" + plain).json()["items"].size() == 2);
    CHECK(client.get("/items?product_id=p-1&cursor=" + filtered).json()["items"].size() == 2);
    for (const auto& target :
         {"/items?cursor=" + filtered,
          "/items?product_id=p-1&cursor=" + plain,
          "/items?product_id=p-2&cursor=" + filtered,
          "/inventory/locations?cursor=" + plain,
          "/items?cursor=" + plain + "A",
          std::string{"/items?cursor=x"},
          std::string{"/items?cursor="},
          "/items?cursor=" + std::string(4000, 'A')}) {
      CAPTURE(target);
      const auto answer = client.get(target);
      CHECK(answer.status == 400);
      CHECK(paths(answer) == "query/cursor");
    }
  }

  TEST_CASE("a cursor survives a restart, but not a rebuilt view or another log") {
    Gateway before, restarted, rebuilt{"2"}, restored;
    restored.log_incarnation = "00000001";
    for (auto* gateway : {&before, &restarted, &rebuilt, &restored})
      for (const auto* id : {"a", "b"}) gateway->view.put("locations", location_row(id));
    const auto cursor = next_cursor(Client{before.port()}.get("/inventory/locations?limit=1"));
    const auto follow = [&](const Gateway& gateway) {
      return Client{gateway.port()}.get("/inventory/locations?cursor=" + cursor);
    };
    CHECK(follow(restarted).json()["items"][0]["location_id"] == "b");
    CHECK(follow(rebuilt).status == 410);
    CHECK(code(follow(rebuilt)) == "cursor_expired");
    CHECK(code(follow(restored)) == "cursor_expired");
  }

  TEST_CASE("limits are from 1 to 500, 50 when absent") {
    Gateway gateway;
    for (int i = 1000; i < 1600; ++i)
      gateway.view.put("locations", location_row(std::to_string(i)));
    Client client{gateway.port()};
    CHECK(client.get("/inventory/locations").json()["items"].size() == 50);
    CHECK(client.get("/inventory/locations?limit=500").json()["items"].size() == 500);
    for (const auto* limit : {"0", "501", "-1", "x", "", "1.0", "+1", "99999999999999999999"}) {
      CAPTURE(limit);
      CHECK(paths(client.get(std::string{"/inventory/locations?limit="} + limit))
                .starts_with("query/limit"));
    }
    CHECK(client.get("/inventory/locations?limit=1&limit=2").status == 400);
  }
}

TEST_SUITE("http: streams") {
  TEST_CASE("every fact of an aggregate is shown with what the log knows of it") {
    Gateway gateway;
    gateway.streams.streams["inventory/StockItem/sku-1"] = {received(1, 10)};
    Client client{gateway.port()};
    const auto answer = client.get("/streams/inventory/StockItem/sku-1");
    CHECK(answer.status == 200);
    CHECK(answer.header("construct-position") == "5f0c2a91-9");
    CHECK(
        answer.json() ==
        nlohmann::json::parse(
            R"({"items":[{"version":1,"position":"5f0c2a91-11","type":"StockReceived",
        "time":"2026-11-18T11:06:40Z","actor":"anonymous","command":"ReceiveStock",
        "command_id":"01010101-0101-0101-0101-0101010101ff","correlation_id":"c-1","causation_id":"",
        "data":{"quantity":10,"source_ref":"po-7"}}],"next_cursor":null})"));
  }

  TEST_CASE("long streams are paged") {
    Gateway gateway;
    for (std::uint64_t version = 1; version <= 7; ++version)
      gateway.streams.streams["inventory/StockItem/sku-1"].push_back(received(version, 1));
    Client client{gateway.port()};
    const std::string target = "/streams/inventory/StockItem/sku-1?limit=3";
    const auto first = client.get(target);
    const auto second = client.get(target + "&cursor=" + next_cursor(first));
    const auto third = client.get(target + "&cursor=" + next_cursor(second));
    CHECK(second.json()["items"][0]["version"] == 4);
    CHECK(third.json()["items"].size() == 1);
    CHECK(next_cursor(third).empty());
    CHECK(
        client.get("/streams/inventory/StockItem/sku-2?cursor=" + next_cursor(first)).status ==
        400);
  }

  TEST_CASE("a fact of a newer build is named though it cannot be read") {
    Gateway gateway;
    auto fact = received(1, 1);
    fact.type = "StockTeleported";
    gateway.streams.streams["inventory/StockItem/sku-1"] = {fact};
    Client client{gateway.port()};
    const auto shown = client.get("/streams/inventory/StockItem/sku-1").json()["items"][0];
    CHECK(shown["type"] == "StockTeleported");
    CHECK(shown["data"].is_null());
  }

  TEST_CASE("unknown kinds and aggregates without facts are 404") {
    Gateway gateway;
    Client client{gateway.port()};
    for (const auto* target :
         {"/streams/inventory/Nothing/a",
          "/streams/nowhere/StockItem/a",
          "/streams/inventory/StockItem/a"}) {
      CAPTURE(target);
      const auto answer = client.get(target);
      CHECK(answer.status == 404);
      CHECK(code(answer) == "not_found");
    }
    CHECK(
        client.get("/streams/inventory/StockItem/a").header("construct-position") == "5f0c2a91-9");
    gateway.streams.broken = true;
    CHECK(client.get("/streams/inventory/StockItem/a").status == 503);
  }
}
