// Lists and streams over HTTP, page by page.

#include <doctest/doctest.h>

#include "schemas/inventory.hpp"
#include "tests/http/gateway.hpp"

using namespace http_test;
using inventory::TransferStatus;

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

// The ids of a page's rows; each row begins with its own.
std::string ids(const Answer& answer) {
  std::string joined;
  const auto page = nlohmann::ordered_json::parse(answer.body);
  for (const auto& row : page.at("items"))
    joined += (joined.empty() ? "" : " ") + row.begin().value().get<std::string>();
  return joined;
}

views::Row item_of(const std::string& id, const std::string& product, const std::string& location) {
  const inventory::StockItemRow row{
      .inventory_id = schemas::Id<"StockItem">{id},
      .product_id = schemas::Id<"Product">{product},
      .location_id = schemas::Id<"Location">{location}};
  return {id, 1, 1, encode(row)};
}

views::Row low_item(const std::string& id, const std::string& location, std::int64_t available) {
  const inventory::StockItemRow row{
      .inventory_id = schemas::Id<"StockItem">{id},
      .product_id = schemas::Id<"Product">{"p-1"},
      .location_id = schemas::Id<"Location">{location},
      .quantity_available = available,
      .low_threshold = 5};
  return {id, 1, 1, encode(row)};
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

  TEST_CASE("a list may be of a subset only, in the order of its index") {
    Gateway gateway;
    gateway.view.put("items", low_item("a", "main", 2));
    gateway.view.put("items", low_item("b", "north", 3));
    gateway.view.put("items", low_item("c", "main", 1));
    gateway.view.put("items", item_row("d", 0));
    Client client{gateway.port()};
    const auto first = client.get("/inventory/alerts?limit=1");
    CHECK(ids(first) == "c");
    CHECK(ids(client.get("/inventory/alerts?cursor=" + next_cursor(first))) == "a b");
    CHECK(ids(client.get("/inventory/alerts?location_id=main&sort=-quantity_available")) == "a c");
  }

  TEST_CASE("filters narrow a list to exactly their values, alone and together") {
    Gateway gateway;
    gateway.view.put("items", item_of("a", "p-1", "main"));
    gateway.view.put("items", item_of("b", "p-11", "main"));
    gateway.view.put("items", item_of("c", "p-1", "north"));
    Client client{gateway.port()};
    CHECK(ids(client.get("/inventory")) == "a b c");
    CHECK(ids(client.get("/inventory?product_id=p-1")) == "a c");
    CHECK(ids(client.get("/inventory?location_id=main")) == "a b");
    CHECK(ids(client.get("/inventory?location_id=north&product_id=p-1")) == "c");
    CHECK(ids(client.get("/inventory?product_id=p-11&location_id=north")).empty());
  }

  TEST_CASE("a filter may stand in the address") {
    Gateway gateway;
    gateway.view.put("items", item_of("a", "p-1", "main"));
    gateway.view.put("items", item_of("b", "p-2", "main"));
    gateway.view.put("items", item_of("c", "p-1", "north"));
    Client client{gateway.port()};
    const auto first = client.get("/locations/main/items?limit=1");
    CHECK(ids(first) == "a");
    CHECK(ids(client.get("/locations/main/items?cursor=" + next_cursor(first))) == "b");
    CHECK(client.get("/locations/north/items?cursor=" + next_cursor(first)).status == 400);
    CHECK(ids(client.get("/locations/main/items?product_id=p-2")) == "b");
    CHECK(paths(client.get("/locations/a.b/items")) == "path/location_id");
  }

  TEST_CASE("filter values are of their field's type") {
    Gateway gateway;
    gateway.view.put("transfers", transfer_row("t-1", TransferStatus::started, 1));
    gateway.view.put("transfers", transfer_row("t-2", TransferStatus::completed, 2));
    Client client{gateway.port()};
    CHECK(ids(client.get("/inventory/transfers?status=completed")) == "t-2");
    const auto lost = client.get("/inventory/transfers?status=lost");
    CHECK(paths(lost) == "query/status");
    CHECK(
        lost.json()["fields"][0]["message"] == "one of started, completed, cancelled is required");
    for (const auto* value : {"", "a.b", "a%20b", "1"})
      CHECK(client.get(std::string{"/inventory/transfers?status="} + value).status == 400);
    for (const auto* value : {"", "a.b", "a%20b", "~"})
      CHECK(client.get(std::string{"/inventory?product_id="} + value).status == 400);
  }

  TEST_CASE("a list may be sorted either way, and what is equal goes by its key") {
    Gateway gateway;
    for (const auto& [id, at] : {std::pair{"t-1", 30}, {"t-2", -7}, {"t-3", 30}, {"t-4", 8}})
      gateway.view.put("transfers", transfer_row(id, TransferStatus::started, at));
    Client client{gateway.port()};
    const std::string list = "/inventory/transfers";
    CHECK(ids(client.get(list + "?sort=started_at")) == "t-2 t-4 t-1 t-3");
    CHECK(ids(client.get(list + "?sort=-started_at")) == "t-3 t-1 t-4 t-2");
    CHECK(ids(client.get(list)) == "t-3 t-1 t-4 t-2");
    CHECK(ids(client.get(list + "?status=started&sort=started_at")) == "t-2 t-4 t-1 t-3");
    for (const auto* sort : {"", "status", "-", "--started_at", "started_at,status"}) {
      CAPTURE(sort);
      const auto answer = client.get(list + "?sort=" + sort);
      CHECK(paths(answer) == "query/sort");
      CHECK(
          answer.json()["fields"][0]["message"] ==
          "these do not go together; possible are the filters: none (sort by started_at); status "
          "(sort by started_at)");
    }
  }

  TEST_CASE("every order is paged without gaps, with rows that come and go meanwhile") {
    for (const std::string query :
         {"?", "?sort=started_at&", "?status=started&", "?status=started&sort=started_at&"}) {
      CAPTURE(query);
      Gateway gateway;
      for (int i = 10; i < 30; ++i)
        gateway.view.put(
            "transfers", transfer_row(std::to_string(i), TransferStatus::started, i / 4));
      Client client{gateway.port()};
      const auto all = ids(client.get("/inventory/transfers" + query));
      std::string seen, cursor;
      do {
        const auto page = client.get("/inventory/transfers" + query + "limit=3" + cursor);
        seen += (seen.empty() ? "" : " ") + ids(page);
        gateway.view.erase("transfers", page.json()["items"].back()["transfer_id"]);
        cursor = next_cursor(page).empty() ? "" : "&cursor=" + next_cursor(page);
      } while (!cursor.empty());
      CHECK(seen == all);
    }
  }

  TEST_CASE("a cursor is good for its own list, filters and order only") {
    Gateway gateway;
    for (const auto* id : {"a", "b", "c"}) {
      gateway.view.put("items", item_row(id, 1));
      gateway.view.put("locations", location_row(id));
      gateway.view.put("transfers", transfer_row(id, TransferStatus::started, 1));
    }
    Client client{gateway.port()};
    const auto first = [&](const std::string& target) {
      return next_cursor(client.get(target + "limit=1"));
    };
    const auto plain = first("/inventory?");
    const auto filtered = first("/inventory?product_id=p-1&");
    const auto down = first("/inventory/transfers?sort=-started_at&");
    CHECK(ids(client.get("/inventory?limit=2&cursor=" + plain)) == "b c");
    CHECK(ids(client.get("/inventory?product_id=p-1&cursor=" + filtered)) == "b c");
    CHECK(ids(client.get("/inventory/transfers?cursor=" + down)) == "b a");
    for (const auto& target :
         {"/inventory?cursor=" + filtered,
          "/inventory?product_id=p-1&cursor=" + plain,
          "/inventory?product_id=p-2&cursor=" + filtered,
          "/inventory/locations?cursor=" + plain,
          "/inventory/transfers?sort=started_at&cursor=" + down,
          "/inventory/transfers?status=started&cursor=" + down,
          "/inventory?cursor=" + plain + "A",
          std::string{"/inventory?cursor=x"},
          std::string{"/inventory?cursor="},
          "/inventory?cursor=" + std::string(4000, 'A')}) {
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
