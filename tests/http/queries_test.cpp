// Rows over HTTP, and how fresh they are.

#include <doctest/doctest.h>

#include <future>
#include <thread>

#include "schemas/inventory.hpp"
#include "tests/http/gateway.hpp"

using namespace http_test;

TEST_SUITE("http: rows") {
  TEST_CASE("a row is answered whole, with its ETag and the view's position") {
    Gateway gateway;
    gateway.view.put("items", item_row("sku-1", 7, 3, 5));
    Client client{gateway.port()};
    const auto answer = client.get("/inventory/sku-1");
    CHECK(answer.status == 200);
    CHECK(answer.json()["inventory_id"] == "sku-1");
    CHECK(answer.json()["quantity_available"] == 7);
    CHECK(answer.json()["quantity_reserved"] == 0);
    CHECK(answer.json()["variant_id"].is_null());
    CHECK(answer.header("etag") == "\"3-5\"");
    CHECK(answer.header("construct-position") == "5f0c2a91-7");
    CHECK(client.request("HEAD", "/inventory/sku-1", "", {}).header("etag") == "\"3-5\"");
  }

  TEST_CASE("what the client has already is a 304") {
    Gateway gateway;
    gateway.view.put("items", item_row("sku-1", 7, 3, 5));
    Client client{gateway.port()};
    const auto status = [&](const std::string& etags) {
      return client.get("/inventory/sku-1", {"If-None-Match: " + etags}).status;
    };
    CHECK(status("\"3-5\"") == 304);
    CHECK(status("\"2-4\", W/\"3-5\"") == 304);
    CHECK(status("*") == 304);
    CHECK(status("\"3-4\"") == 200);
    const auto answer = client.get("/inventory/sku-1", {"If-None-Match: \"3-5\""});
    CHECK(answer.body.empty());
    CHECK(answer.header("etag") == "\"3-5\"");
    CHECK(answer.header("construct-position") == "5f0c2a91-7");
  }

  TEST_CASE("what does not exist is a 404 that still says where the view stands") {
    Gateway gateway;
    Client client{gateway.port()};
    const auto answer = client.get("/inventory/sku-9", {"Construct-Correlation-Id: c-9"});
    CHECK(answer.status == 404);
    CHECK(code(answer) == "not_found");
    CHECK(answer.json()["correlation_id"] == "c-9");
    CHECK(answer.header("construct-position") == "5f0c2a91-7");
    gateway.view.stand_at(std::nullopt);
    CHECK(client.get("/inventory/sku-9").header("construct-position").empty());
  }

  TEST_CASE("the key of a nested row joins the path's parameters") {
    Gateway gateway;
    const inventory::ReservationRow row{
        .reservation_id = schemas::Id<"Reservation">{"r-1"},
        .inventory_id = schemas::Id<"StockItem">{"sku-1"}};
    gateway.view.put("reservations", {"sku-1~r-1", 2, 6, encode(row)});
    Client client{gateway.port()};
    CHECK(client.get("/inventory/reserve/sku-1/r-1").json()["reservation_id"] == "r-1");
  }

  TEST_CASE("a row may be found by a parameter of the query, its key's or an index's") {
    Gateway gateway;
    gateway.view.put("items", item_row("sku-1", 7, 3, 5));
    gateway.view.put("items", item_row("sku-2", 2, 1, 6));
    Client client{gateway.port()};
    CHECK(client.get("/item?inventory_id=sku-1").json()["quantity_available"] == 7);
    CHECK(client.get("/item?inventory_id=sku-1").header("etag") == "\"3-5\"");
    CHECK(client.get("/item?product_id=p-1").json()["inventory_id"] == "sku-2");  // the last
    CHECK(client.get("/item?product_id=p").status == 404);
    CHECK(client.get("/item?inventory_id=sku-9").status == 404);
  }

  TEST_CASE("a row may be made of what the view has, instead of being stored") {
    Gateway gateway;
    gateway.view.put("items", item_row("sku-1", 7, 3, 5));
    gateway.view.put("items", item_row("sku-2", 2, 1, 6));
    Client client{gateway.port()};
    const auto answer = client.get("/products/p-1/stock");
    CHECK(answer.json()["quantity_available"] == 9);
    CHECK(answer.header("etag") == "\"4-6\"");
    CHECK(client.get("/products/sku-1/stock").status == 404);
  }

  TEST_CASE("exactly one parameter says which row") {
    Gateway gateway;
    Client client{gateway.port()};
    for (const auto* target :
         {"/item", "/item?product_id=p-1&inventory_id=sku-1", "/item?id=1", "/item?product_id=%2F"})
      CHECK(code(client.get(target)) == "malformed");
    CHECK(client.get("/item").json()["fields"].size() == 2);
  }

  TEST_CASE("an id of no item may be a product's") {
    Gateway gateway;
    gateway.view.put("items", item_row("sku-1", 7, 3, 5));
    gateway.view.put("items", item_row("sku-2", 2, 4, 6));
    Client client{gateway.port()};
    const auto answer = client.get("/inventory/p-1");
    CHECK(answer.status == 200);
    CHECK(answer.json()["product_id"] == "p-1");
    CHECK(answer.json()["quantity_available"] == 9);
    CHECK(answer.json()["locations"].size() == 2);
    CHECK(answer.header("etag") == "\"7-6\"");
  }

  TEST_CASE("ids that cannot be ids and parameters that are none are refused") {
    Gateway gateway;
    Client client{gateway.port()};
    CHECK(client.get("/inventory/sku.*").status == 400);
    CHECK(client.get("/inventory/a%2Fb").status == 400);
    const auto answer = client.get("/inventory/sku-1?colour=red");
    CHECK(answer.status == 400);
    CHECK(paths(answer) == "query/colour");
    CHECK(
        answer.json()["fields"][0]["message"] ==
        "there is no such parameter; known are: min_position");
  }

  TEST_CASE("a store that fails is a 503, damaged rows are a 500, both logged") {
    Gateway gateway;
    gateway.view.damage("items", "sku-1");
    Client client{gateway.port()};
    CHECK(client.get("/inventory/sku-1").status == 500);
    gateway.view.broken = true;
    CHECK(client.get("/inventory/sku-1").status == 503);
    CHECK(client.get("/inventory/locations").status == 503);
    CHECK(gateway.log().size() == 3);
  }
}

TEST_SUITE("http: what is set aside") {
  TEST_CASE("a row that is set aside says so, and is another one to caches") {
    Gateway gateway;
    gateway.view.put("items", item_row("sku-1", 7, 3, 5));
    gateway.view.put("items", item_row("sku-2", 7, 3, 5));
    gateway.view.set_aside("sku-1");
    Client client{gateway.port()};
    const auto aside = client.get("/inventory/sku-1");
    CHECK(aside.status == 200);
    CHECK(aside.header("etag") == "\"3-5-q\"");
    CHECK(aside.header("construct-quarantined") == "true");
    CHECK(aside.header("construct-quarantined-keys") == "1");
    CHECK(client.get("/inventory/sku-1", {"If-None-Match: \"3-5\""}).status == 200);
    const auto same = client.get("/inventory/sku-1", {"If-None-Match: \"3-5-q\""});
    CHECK(same.status == 304);
    CHECK(same.header("construct-quarantined") == "true");
    const auto other = client.get("/inventory/sku-2");
    CHECK(other.header("etag") == "\"3-5\"");
    CHECK(other.header("construct-quarantined").empty());
    CHECK(other.header("construct-quarantined-keys") == "1");

    gateway.view.resume("sku-1");
    const auto resumed = client.get("/inventory/sku-1");
    CHECK(resumed.header("etag") == "\"3-5\"");
    CHECK(resumed.header("construct-quarantined").empty());
    CHECK(resumed.header("construct-quarantined-keys").empty());
  }

  TEST_CASE("a row that its facts have not made yet is no 404") {
    Gateway gateway;
    gateway.view.set_aside("sku-1");
    Client client{gateway.port()};
    for (const auto* target :
         {"/inventory/sku-1", "/inventory/reserve/sku-1/r-1", "/item?inventory_id=sku-1"}) {
      CAPTURE(target);
      const auto answer = client.get(target);
      CHECK(answer.status == 503);
      CHECK(code(answer) == "quarantined");
      CHECK(answer.header("construct-position") == "5f0c2a91-7");
      CHECK_FALSE(answer.header("retry-after").empty());
    }
    const auto missing = client.get("/inventory/sku-2");
    CHECK(missing.status == 404);
    CHECK(missing.header("construct-quarantined-keys") == "1");
    CHECK(client.get("/item?product_id=sku-1").status == 404);
  }

  TEST_CASE("a row that is made of others is set aside with any of them") {
    Gateway gateway;
    gateway.view.put("items", item_row("sku-1", 7, 3, 5));
    gateway.view.put("items", item_row("sku-2", 2, 4, 6));
    gateway.view.set_aside("sku-2");
    const auto answer = Client{gateway.port()}.get("/inventory/p-1");
    CHECK(answer.json()["quantity_available"] == 9);
    CHECK(answer.header("etag") == "\"7-6-q\"");
    CHECK(answer.header("construct-quarantined") == "true");
  }

  TEST_CASE("a page names its items that are set aside") {
    Gateway gateway;
    for (const auto* id : {"sku-1", "sku-2", "sku-3"}) gateway.view.put("items", item_row(id, 1));
    Client client{gateway.port()};
    CHECK_FALSE(client.get("/inventory").json().contains("quarantined"));
    gateway.view.set_aside("sku-1");
    gateway.view.set_aside("sku-3");
    for (const auto* target : {"/inventory", "/inventory?product_id=p-1"}) {
      const auto page = client.get(target);
      CHECK(page.json()["quarantined"] == nlohmann::json{"sku-1", "sku-3"});
      CHECK(page.header("construct-quarantined-keys") == "2");
    }
    const auto first = client.get("/inventory?limit=1");
    CHECK(first.json()["quarantined"] == nlohmann::json{"sku-1"});
    CHECK_FALSE(first.json()["next_cursor"].is_null());
    CHECK_FALSE(client.get("/inventory/locations").json().contains("quarantined"));
  }
}

TEST_SUITE("http: freshness") {
  TEST_CASE("a read waits for the highest position asked for, by header or by parameter") {
    Gateway gateway;
    std::vector<std::pair<kernel::CommitNumber, std::chrono::milliseconds>> waits;
    gateway.view.wait = [&](auto wanted, auto patience, auto then) {
      waits.emplace_back(wanted, patience);
      then(true);
    };
    gateway.view.put("items", item_row("sku-1", 7));
    Client client{gateway.port()};
    CHECK(
        client
            .get(
                "/inventory/sku-1?min_position=5f0c2a91-3&min_position=5f0c2a91-4",
                {"Construct-Min-Position: 5f0c2a91-9, 5f0c2a91-2",
                 "Construct-Min-Position: 5f0c2a91-6"})
            .status == 200);
    CHECK(
        client
            .get("/inventory/locations?min_position=5f0c2a91-3", {"Prefer: respond-async, wait=7"})
            .status == 200);
    CHECK(
        client.get("/inventory/locations?min_position=5f0c2a91-3", {"Prefer: wait=99"}).status ==
        200);
    CHECK(
        client.get("/inventory/locations?min_position=5f0c2a91-3", {"Prefer: wait=soon"}).status ==
        200);
    CHECK(client.get("/inventory/sku-1").status == 200);
    using std::chrono::seconds;
    const decltype(waits) expected{
        {9, seconds{2}}, {3, seconds{7}}, {3, seconds{30}}, {3, seconds{2}}};
    CHECK(waits == expected);
  }

  TEST_CASE("a view that does not get there in time is a 503 that can be tried again") {
    Gateway gateway;
    std::promise<std::function<void(bool)>> waiting;
    gateway.view.wait = [&](auto, auto, auto then) { waiting.set_value(std::move(then)); };
    Client client{gateway.port()};
    client.send(
        "GET /inventory/sku-1 HTTP/1.1\r\nHost: x\r\nConstruct-Min-Position: 5f0c2a91-9\r\n\r\n");
    auto then = waiting.get_future().get();
    std::thread{[&] { then(false); }}.join();
    const auto answer = client.receive();
    CHECK(answer.status == 503);
    CHECK(code(answer) == "view_behind");
    CHECK(answer.header("retry-after") == "1");
  }

  TEST_CASE("the row is read after the wait, not before") {
    Gateway gateway;
    gateway.view.wait = [&](auto, auto, auto then) {
      gateway.view.put("items", item_row("sku-1", 1));
      std::thread{[then] { then(true); }}.detach();
    };
    Client client{gateway.port()};
    CHECK(client.get("/inventory/sku-1?min_position=5f0c2a91-9").status == 200);
  }

  TEST_CASE("tokens of another log are gone, tokens that are none are malformed") {
    Gateway gateway;
    Client client{gateway.port()};
    for (const auto* target :
         {"/inventory/sku-1", "/inventory/locations", "/streams/inventory/StockItem/sku-1"}) {
      CAPTURE(target);
      CHECK(code(client.get(target, {"Construct-Min-Position: 00000000-1"})) == "position_unknown");
      CHECK(client.get(target, {"Construct-Min-Position: 00000000-1"}).status == 410);
      CHECK(client.get(target, {"Construct-Min-Position: 12"}).status == 400);
      CHECK(
          paths(client.get(std::string{target} + "?min_position=5f0c2a91-")) ==
          "query/min_position");
    }
    gateway.log_incarnation = "";
    CHECK(client.get("/inventory/sku-1?min_position=5f0c2a91-1").status == 503);
  }
}
