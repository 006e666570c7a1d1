// The HTTP client towards others: addresses, time-outs, kept connections; and that only a clear
// answer of the gateway's is one.
#include "gateways/outbound/http_client.hpp"

#include <doctest/doctest.h>

#include <atomic>
#include <latch>

#include "tests/outbound/shop.hpp"

using namespace outbound_test;
using http_test::Running;
using Outcome = GatewayOutcome;

namespace {

struct Client {
  outbound::Loop loop{"client"};
  outbound::HttpClient http;

  Client(std::uint16_t port, milliseconds time_out, std::size_t connections)
      : http{loop, {.base = loopback(port), .time_out = time_out, .connections = connections}} {}

  std::optional<outbound::HttpAnswer> get(const std::string& path) {
    support::Awaited<std::optional<outbound::HttpAnswer>> awaited;
    http.ask(
        {.method = "GET", .path = path}, [&](auto answer) { awaited.give(std::move(answer)); });
    return awaited.take();
  }
};

// A server that keeps every request without answering.
struct Silent {
  std::mutex mutex;
  std::vector<http::Reply> replies;
  Running running;

  Silent() {
    running.application.on_request = [this](const http::Request&, http::Reply reply) {
      const std::lock_guard lock{mutex};
      replies.push_back(std::move(reply));
    };
  }
  ~Silent() { running.server.stop(milliseconds{0}); }
};

// What a client of the payment gateway makes of this answer to everything.
GatewayAnswer ask(unsigned status, const std::string& body, bool look_up) {
  Running running;
  running.application.on_request = [&](const http::Request&, http::Reply reply) {
    reply({.status = status, .content_type = http::content::json, .body = body});
  };
  Asking asking{running.server.port(), ever};
  return look_up ? asking.look_up("k") : asking.authorize("k", "test_ok");
}

}  // namespace

TEST_SUITE("outbound: addresses") {
  TEST_CASE("an address is a host, a port and a path") {
    const auto url = outbound::parse_url("http://gateway.example:8443/v2/");
    REQUIRE(url);
    CHECK(url->host == "gateway.example");
    CHECK(url->port == 8443);
    CHECK(url->path == "/v2");
    CHECK(url->authority() == "gateway.example:8443");
    CHECK(outbound::parse_url("http://h")->port == 80);
    CHECK(outbound::parse_url("http://[::1]:8080/")->host == "::1");
    CHECK(outbound::parse_url("http://[::1]")->authority() == "[::1]:80");
  }

  TEST_CASE("anything else is none") {
    for (const auto* text :
         {"",
          "gateway",
          "https://h",
          "http://",
          "http:///a",
          "http://:80",
          "http://h:",
          "http://h:0",
          "http://h:65536",
          "http://h:8a",
          "http://[::1",
          "http://[]",
          "http://[::1]x",
          "http://h/a b",
          "http://u@h",
          "http://h/?a",
          "http://h#a"}) {
      CAPTURE(text);
      CHECK_FALSE(outbound::parse_url(text));
    }
  }
}

TEST_SUITE("outbound: HTTP client") {
  TEST_CASE("many ask at once over few connections, and all are answered") {
    Running running;
    Client client{running.server.port(), ever, 3};
    constexpr int asked = 200;
    std::latch left{asked};
    std::atomic<int> right{0};
    for (int i = 0; i < asked; ++i) {
      const auto path = '/' + std::to_string(i);
      client.http.ask({.method = "GET", .path = path}, [&, path](const auto& answer) {
        right += answer && answer->status == 200 && answer->body == "GET " + path;
        left.count_down();
      });
    }
    left.wait();
    CHECK(right == asked);
    CHECK(running.application.traffic().accepted <= 3);
  }

  TEST_CASE("no answer in time is none, also for those who wait for a connection") {
    Silent silent;
    Client client{silent.running.server.port(), soon, 1};
    std::latch left{5};
    std::atomic<int> answered{0};
    for (int i = 0; i < 5; ++i)
      client.http.ask({.method = "GET", .path = "/"}, [&](const auto& answer) {
        answered += answer.has_value();
        left.count_down();
      });
    left.wait();
    CHECK(answered == 0);
  }

  TEST_CASE("nobody there is no answer") {
    const auto port = Running{}.server.port();
    CHECK_FALSE(Client(port, ever, 1).get("/"));
  }

  TEST_CASE("a kept connection that the server has closed is replaced unseen") {
    http::Limits limits;
    limits.idle_timeout = milliseconds{1};
    Running running{limits};
    Client client{running.server.port(), ever, 1};
    for (std::uint64_t i = 1; i <= 3; ++i) {
      CHECK(client.get("/")->status == 200);
      CHECK(support::eventually([&] { return running.application.traffic().connections == 0; }));
      CHECK(running.application.traffic().accepted == i);
    }
  }

  TEST_CASE("when it ends, whoever still waits is told nothing, once") {
    Silent silent;
    std::atomic<int> told{0};
    {
      Client client{silent.running.server.port(), ever, 1};
      for (int i = 0; i < 3; ++i)
        client.http.ask({.method = "GET", .path = "/"}, [&](const auto& answer) {
          CHECK_FALSE(answer);
          ++told;
        });
    }
    CHECK(told == 3);
  }

  TEST_CASE("a release whose client ends halfway is told unknown, once") {
    Silent silent;
    std::atomic<int> told{0};
    {
      Asking asking{silent.running.server.port(), ever};
      asking.gateway().release("v", "k", [&](const GatewayAnswer& answer) {
        CHECK(answer.outcome == Outcome::unknown);
        ++told;
      });
    }
    CHECK(told == 1);
  }
}

TEST_SUITE("outbound: clear answers") {
  TEST_CASE("what is not understood is unknown") {
    for (const auto& [status, body] : std::vector<std::pair<unsigned, std::string>>{
             {200, ""},
             {200, "<html>"},
             {200, "[]"},
             {200, "{}"},
             {200, R"({"status":7})"},
             {200, R"({"status":"splendid"})"},
             {200, R"({"status":"authorized")"},
             {302, R"({"status":"authorized"})"},
             {401, R"({"error":"who_are_you"})"},
             {409, R"({"error":"key_reused"})"},
             {422, "{}"},
             {500, R"({"status":"authorized"})"},
             {503, R"({"error":"method_unsupported"})"}}) {
      CAPTURE(status);
      CAPTURE(body);
      CHECK(ask(status, body, false).outcome == Outcome::unknown);
    }
  }

  TEST_CASE("only the gateway itself can say that it never got a request") {
    CHECK(ask(404, R"({"error":"request_not_found"})", true).outcome == Outcome::not_found);
    for (const auto* body : {"", "<html>404</html>", "{}", R"({"error":"not_found"})"})
      CHECK(ask(404, body, true).outcome == Outcome::unknown);
  }
}
