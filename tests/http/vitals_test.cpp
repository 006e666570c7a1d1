#include "gateways/http/vitals.hpp"

#include <doctest/doctest.h>

#include <atomic>

#include "tests/http/client.hpp"

TEST_SUITE("http: vitals") {
  TEST_CASE("a process says what its parts say, for as long as each of them lives") {
    http::Vitals vitals;
    http::Server server{vitals, {.address = "127.0.0.1", .port = 0}};
    http_test::Client client{server.port()};
    std::atomic<bool> ready{false};
    const auto first = vitals.add({.metrics = [] { return std::string{"first 1\n"}; }});
    CHECK(client.get("/readyz").status == 200);
    {
      const auto second = vitals.add(
          {.not_ready =
               [&] { return ready ? std::nullopt : std::optional{std::string{"not yet"}}; },
           .metrics = [] { return std::string{"second 2\n"}; }});
      CHECK(client.get("/metrics").body.starts_with("first 1\nsecond 2\n"));
      CHECK(client.get("/readyz").status == 503);
      CHECK(client.get("/readyz").body.find("not yet") != std::string::npos);
      CHECK(client.get("/healthz").status == 200);
      ready = true;
      CHECK(client.get("/readyz").status == 200);
      ready = false;
    }
    CHECK(client.get("/readyz").status == 200);
    CHECK(client.get("/metrics").body.find("second") == std::string::npos);
    CHECK(client.get("/elsewhere").status == 404);
  }
}
