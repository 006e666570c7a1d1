// Where flows and effects stand, over HTTP.

#include <doctest/doctest.h>

#include "tests/http/gateway.hpp"

using namespace http_test;

TEST_SUITE("http: flows") {
  TEST_CASE("an instance is shown as its process keeps it") {
    Gateway gateway;
    Client client{gateway.port()};
    const auto answer = client.get("/flows/checkout/o-1");
    CHECK(answer.status == 200);
    CHECK(answer.json()["status"] == "running");
    CHECK(client.get("/flows/checkout/o-2").status == 404);
    CHECK(client.get("/flows/checkout/o-1?x=1").status == 400);
  }

  TEST_CASE("a list is filtered by status and goes on by its cursor") {
    Gateway gateway;
    Client client{gateway.port()};
    const auto first = client.get("/flows?status=stuck&limit=1");
    CHECK(first.json()["items"].size() == 1);
    CHECK(gateway.flows.asked == "stuck");
    const auto cursor = first.json()["next_cursor"].get<std::string>();
    CHECK(client.get("/flows?status=stuck&limit=1&cursor=" + cursor).json()["items"].empty());
    // A cursor belongs to its list.
    CHECK(client.get("/flows?limit=1&cursor=" + cursor).status == 400);
    CHECK(client.get("/flows?status=odd").status == 400);
    CHECK(client.get("/effects").json()["items"].empty());
    CHECK(client.get("/effects?status=stuck").status == 400);
  }
}
