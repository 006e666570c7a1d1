// The server on real sockets: what HTTP allows, and what becomes of everything else.

#include "gateways/http/server.hpp"

#include <doctest/doctest.h>

#include <future>
#include <mutex>
#include <thread>

#include "tests/http/client.hpp"

using http::Reply;
using http::Request;
using http::Response;
using http_test::Client;
using std::chrono::milliseconds;

namespace {

Response text(std::string body) { return {.content_type = http::content::json, .body = std::move(body)}; }

// Answers as the test says.
struct Scripted : http::Application {
  std::function<void(const Request&, Reply)> on_request = [](const Request& request, Reply reply) {
    reply(text(std::string{request.method} + ' ' + std::string{request.path}));
  };
  void handle(const Request& request, Reply reply) override { on_request(request, std::move(reply)); }
  std::unique_ptr<http::Lines> lines(const Request&) override { return nullptr; }
};

struct Running {
  Scripted application;
  std::mutex mutex;
  std::vector<std::string> log;
  http::Server server;

  explicit Running(http::Limits limits = {}, unsigned threads = 1)
      : server{application, {.port = 0, .threads = threads, .limits = limits, .log = [this](std::string_view line) {
                               const std::lock_guard lock{mutex};
                               log.emplace_back(line);
                             }}} {}
  Client client() const { return Client{server.port()}; }
};

std::string code(const http_test::Answer& answer) { return answer.json()["code"]; }

std::string head(std::string_view line) { return std::string{line} + "\r\nHost: test\r\n"; }

}  // namespace

TEST_SUITE("http: server") {
  TEST_CASE("a request is answered and the connection stays open") {
    Running running;
    Client client{running.server.port()};
    CHECK(client.get("/a").body == "GET /a");
    CHECK(client.get("/b?x=1").body == "GET /b");
  }

  TEST_CASE("the query arrives decoded and in order") {
    Running running;
    running.application.on_request = [](const Request& request, Reply reply) {
      std::string all;
      for (const auto& [name, value] : request.query) all += name + '=' + value + ';';
      reply(text(all));
    };
    Client client{running.server.port()};
    CHECK(client.get("/?b=1&a=%C3%A9+x&b=2&&c").body == "b=1;a=\xc3\xa9 x;b=2;c=;");
  }

  TEST_CASE("a HEAD gets the length but no body") {
    Running running;
    Client client{running.server.port()};
    CHECK(client.request("HEAD", "/a", "", {}).header("content-length") == "7");
    CHECK(client.get("/b").body == "GET /b");
  }

  TEST_CASE("a body may come in chunks, in any pieces") {
    Running running;
    running.application.on_request = [](const Request& request, Reply reply) { reply(text(std::string{request.body})); };
    const auto request = head("POST / HTTP/1.1") +
                         "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n7;x=y\r\n, world\r\n0\r\nTrailer: x\r\n\r\n";
    Client whole{running.server.port()};
    whole.send(request);
    CHECK(whole.receive().body == "hello, world");
    Client bytewise{running.server.port()};
    for (const char byte : request) bytewise.send({&byte, 1});
    CHECK(bytewise.receive().body == "hello, world");
    CHECK(bytewise.get("/").status == 200);
  }

  TEST_CASE("pipelined requests are answered in order, even when later ones could be first") {
    Running running;
    std::promise<Reply> first;
    running.application.on_request = [&](const Request& request, Reply reply) {
      if (request.path == "/1") return first.set_value(std::move(reply));
      reply(text(std::string{request.path}));
    };
    Client client{running.server.port()};
    client.send(head("GET /1 HTTP/1.1") + "\r\n" + head("GET /2 HTTP/1.1") + "\r\n" + head("GET /3 HTTP/1.1") + "\r\n");
    first.get_future().get()(text("/1"));
    for (const auto* path : {"/1", "/2", "/3"}) CHECK(client.receive().body == path);
  }

  TEST_CASE("a reply may come from any thread") {
    Running running{{}, 2};
    running.application.on_request = [](const Request&, Reply reply) {
      std::thread{[reply = std::make_shared<Reply>(std::move(reply))] { (*reply)(text("later")); }}.detach();
    };
    Client client{running.server.port()};
    for (int i = 0; i < 50; ++i) CHECK(client.get("/").body == "later");
  }

  TEST_CASE("a reply dropped unused answers 500") {
    Running running;
    running.application.on_request = [](const Request&, Reply) {};
    Client client{running.server.port()};
    const auto answer = client.get("/");
    CHECK(answer.status == 500);
    CHECK(code(answer) == "internal");
  }

  TEST_CASE("a handler that throws answers 500 and is logged once") {
    Running running;
    running.application.on_request = [](const Request&, Reply) { throw std::runtime_error("broken"); };
    Client client{running.server.port()};
    CHECK(client.get("/x").status == 500);
    running.server.stop(milliseconds{0});
    REQUIRE(running.log.size() == 1);
    CHECK(running.log[0] == "GET /x failed: broken");
  }

  TEST_CASE("a client that is gone by the time of its answer harms nobody") {
    Running running;
    std::promise<Reply> taken;
    running.application.on_request = [&](const Request& request, Reply reply) {
      if (request.path == "/slow") return taken.set_value(std::move(reply));
      reply(text("well"));
    };
    {
      Client vanishing{running.server.port()};
      vanishing.send(head("GET /slow HTTP/1.1") + "\r\n");
      auto reply = taken.get_future().get();
      vanishing.close();
      reply(text("too late"));
    }
    Client client{running.server.port()};
    CHECK(client.get("/").body == "well");
    running.server.stop(milliseconds{1000});
    CHECK(running.application.traffic().connections == 0);
    CHECK(running.application.traffic().in_flight == 0);
  }

  TEST_CASE("100-continue is said before the body is sent") {
    Running running;
    running.application.on_request = [](const Request& request, Reply reply) { reply(text(std::string{request.body})); };
    Client client{running.server.port()};
    client.send(head("POST / HTTP/1.1") + "Content-Length: 2\r\nExpect: 100-continue\r\n\r\n");
    CHECK(client.receive().status == 100);
    client.send("ok");
    CHECK(client.receive().body == "ok");
    CHECK(client.get("/").status == 200);
  }

  TEST_CASE("HTTP/1.0 is closed after the answer unless it asks otherwise") {
    Running running;
    Client once{running.server.port()};
    once.send("GET /a HTTP/1.0\r\n\r\n");
    CHECK(once.receive().header("connection") == "close");
    CHECK(once.is_closed());
    Client again{running.server.port()};
    again.send("GET /a HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
    CHECK(again.receive().header("connection") == "keep-alive");
  }

  TEST_CASE("a stop closes what is idle and finishes what is under way") {
    Running running;
    std::promise<Reply> taken;
    running.application.on_request = [&](const Request& request, Reply reply) {
      if (request.path == "/slow") return taken.set_value(std::move(reply));
      reply(text("quick"));
    };
    Client idle{running.server.port()}, busy{running.server.port()};
    CHECK(idle.get("/").status == 200);
    busy.send(head("GET /slow HTTP/1.1") + "\r\n");
    auto reply = taken.get_future().get();
    std::thread stopping{[&] { running.server.stop(milliseconds{10'000}); }};
    CHECK(idle.is_closed());
    reply(text("finished"));
    const auto answer = busy.receive();
    CHECK(answer.body == "finished");
    CHECK(answer.header("connection") == "close");
    busy.close();
    stopping.join();
    CHECK_THROWS(Client{running.server.port()});
  }

  TEST_CASE("a stop without patience cuts off what is under way, and its reply goes nowhere") {
    Running running;
    std::promise<Reply> taken;
    running.application.on_request = [&](const Request&, Reply reply) { taken.set_value(std::move(reply)); };
    Client client{running.server.port()};
    client.send(head("GET / HTTP/1.1") + "\r\n");
    auto reply = taken.get_future().get();
    running.server.stop(milliseconds{0});
    CHECK(client.is_closed());
    reply(text("nobody listens"));
  }

  TEST_CASE("a taken port is refused with a sentence that says what to do") {
    Running running;
    Scripted other;
    std::string said;
    try {
      http::Server{other, {.port = running.server.port()}};
    } catch (const std::runtime_error& error) {
      said = error.what();
    }
    CHECK(said == "port " + std::to_string(running.server.port()) +
                      " of 127.0.0.1 is taken; stop what listens there, or choose another port with --port.");
  }

  TEST_CASE("header values cannot forge header lines") {
    Running running;
    running.application.on_request = [](const Request&, Reply reply) {
      auto response = text("x");
      response.add("X-Echo", "a\r\nX-Forged: 1");
      reply(std::move(response));
    };
    Client client{running.server.port()};
    const auto answer = client.get("/");
    CHECK(answer.header("x-echo") == "aX-Forged: 1");
    CHECK(answer.header("x-forged").empty());
  }
}

TEST_SUITE("http: limits") {
  TEST_CASE("what is not HTTP gets a 400 and is closed") {
    const std::vector<std::string> broken{
        "hello\r\n\r\n",
        "GET / HTTP/2.0\r\nHost: x\r\n\r\n",
        "GET / HTTP/1.1\r\n\r\n",                                     // no Host
        "GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
        "GET x HTTP/1.1\r\nHost: a\r\n\r\n",
        "GET /%zz?a=%4 HTTP/1.1\r\nHost: a\r\n\r\n",
        "GET /?a=%00 HTTP/1.1\r\nHost: a\r\n\r\n",
        "GET /?a=%ff HTTP/1.1\r\nHost: a\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: a\r\nBad Header: b\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip, chunked\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nhello\r\n"};
    Running running;
    for (const auto& request : broken) {
      CAPTURE(request);
      Client client{running.server.port()};
      client.send(request);
      const auto answer = client.receive();
      CHECK(answer.status == 400);
      CHECK(answer.header("content-type") == "application/problem+json");
      CHECK(code(answer) == "malformed");
      CHECK(client.is_closed());
    }
    CHECK(running.application.traffic().malformed == broken.size());
  }

  TEST_CASE("a body of 1 MiB is taken, one byte more is a 413") {
    Running running;
    running.application.on_request = [](const Request& request, Reply reply) { reply(text(std::to_string(request.body.size()))); };
    const std::string body(1024 * 1024, 'x');
    Client client{running.server.port()};
    CHECK(client.request("POST", "/", body, {}).body == "1048576");
    CHECK(code(client.request("POST", "/", body + 'x', {})) == "body_too_large");
    CHECK(client.is_closed());
    Client chunked{running.server.port()};
    chunked.send(head("POST / HTTP/1.1") + "Transfer-Encoding: chunked\r\n\r\n100001\r\n" + body + "x\r\n0\r\n\r\n");
    CHECK(chunked.receive().status == 413);
  }

  TEST_CASE("a client that goes on sending what is too large still gets to read why") {
    Running running;
    Client client{running.server.port()};
    client.send(head("POST / HTTP/1.1") + "Content-Length: 3000000\r\n\r\n");
    client.send(std::string(3'000'000, 'x'));
    CHECK(client.receive().status == 413);
  }

  TEST_CASE("a body too large is refused before it is sent, where the client asks first") {
    Running running;
    Client client{running.server.port()};
    client.send(head("POST / HTTP/1.1") + "Content-Length: 9999999999\r\nExpect: 100-continue\r\n\r\n");
    CHECK(client.receive().status == 413);
  }

  TEST_CASE("an unknown expectation is a 417") {
    Running running;
    Client client{running.server.port()};
    CHECK(client.get("/", {"Expect: miracles"}).status == 417);
  }

  TEST_CASE("a head over 16 KiB is a 431") {
    Running running;
    Client fits{running.server.port()};
    CHECK(fits.get("/", {"X-Long: " + std::string(15 * 1024, 'x')}).status == 200);
    Client many{running.server.port()};
    CHECK(code(many.get("/", {"X-Long: " + std::string(17 * 1024, 'x')})) == "head_too_large");
    Client endless{running.server.port()};
    endless.send("GET /" + std::string(20 * 1024, 'x'));
    CHECK(endless.receive().status == 431);
  }

  TEST_CASE("a chunk's head may not grow for ever") {
    Running running;
    Client client{running.server.port()};
    client.send(head("POST / HTTP/1.1") + "Transfer-Encoding: chunked\r\n\r\n5;" + std::string(100 * 1024, 'x'));
    CHECK(client.receive().status == 400);
  }

  TEST_CASE("a head that does not end is a 408, however steadily it drips") {
    Running running{{.head_timeout = milliseconds{60}}};
    Client client{running.server.port()};
    client.send("GET / HTTP/1.1\r\n");
    // Each header line arrives within any pause allowed; only their sum takes too long.
    std::thread dripping{[&] {
      while (client.try_send("X: y\r\n") && !running.application.traffic().malformed) std::this_thread::yield();
    }};
    const auto answer = client.receive();
    dripping.join();
    CHECK((answer.status == 408 || answer.status == 431));
    Client silent{running.server.port()};
    silent.send("GET / HTTP/1.1\r\nHost: te");
    CHECK(code(silent.receive()) == "request_timeout");
    CHECK(silent.is_closed());
  }

  TEST_CASE("a body that does not come is a 408") {
    Running running{{.body_timeout = milliseconds{40}}};
    Client client{running.server.port()};
    client.send(head("POST / HTTP/1.1") + "Content-Length: 10\r\n\r\nabc");
    CHECK(client.receive().status == 408);
    CHECK(client.is_closed());
  }

  TEST_CASE("connections that say nothing are closed without a word") {
    Running running{{.head_timeout = milliseconds{30}, .idle_timeout = milliseconds{40}}};
    Client silent{running.server.port()}, idle{running.server.port()};
    CHECK(idle.get("/").status == 200);
    CHECK(silent.is_closed());
    CHECK(idle.is_closed());
  }

  TEST_CASE("a client that does not read its answer is cut off") {
    Running running{{.write_timeout = milliseconds{50}}};
    running.application.on_request = [](const Request&, Reply reply) { reply(text(std::string(64 * 1024 * 1024, 'x'))); };
    Client client{running.server.port()};
    client.send(head("GET / HTTP/1.1") + "\r\n");
    while (running.application.traffic().accepted == 0 || running.application.traffic().connections > 0)
      std::this_thread::yield();
    CHECK(running.application.traffic().connections == 0);
  }

  TEST_CASE("connections over the limit are told so and closed") {
    Running running{{.connections = 2}};
    Client one{running.server.port()}, two{running.server.port()};
    CHECK(one.get("/").status == 200);
    CHECK(two.get("/").status == 200);
    Client three{running.server.port()};
    const auto answer = three.receive();
    CHECK(answer.status == 503);
    CHECK(answer.header("retry-after") == "1");
    CHECK(three.is_closed());
    CHECK(running.application.traffic().turned_away == 1);
    CHECK(one.get("/").status == 200);
  }

  TEST_CASE("bodies that are gathering share one budget") {
    Running running{{.buffered_bytes = 300 * 1024}};
    Client first{running.server.port()}, second{running.server.port()};
    const std::string part(200 * 1024, 'x');
    first.send(head("POST / HTTP/1.1") + "Content-Length: 204801\r\n\r\n" + part);
    second.send(head("POST / HTTP/1.1") + "Content-Length: 204801\r\n\r\n" + part);
    // One of the two is turned away, and the other then has room.
    Client third{running.server.port()};
    const auto refused = [](Client& client) { return client.try_send("x") && client.receive().status == 503; };
    const bool first_refused = refused(first);
    if (!first_refused) CHECK(refused(second));
    CHECK(third.get("/").status == 200);
  }
}
