// The server's limits: whatever goes beyond them gets a clear answer or a closed connection.

#include <doctest/doctest.h>

#include <thread>

#include "tests/http/client.hpp"
#include "tests/http/scripted.hpp"

using namespace http_test;
using http::Reply;
using http::Request;
using std::chrono::milliseconds;

TEST_SUITE("http: limits") {
  TEST_CASE("what is not HTTP gets a 400 and is closed") {
    const std::vector<std::string> broken{
        "hello\r\n\r\n",
        "GET / HTTP/2.0\r\nHost: x\r\n\r\n",
        "GET / HTTP/1.1\r\n\r\n",  // no Host
        "GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
        "GET x HTTP/1.1\r\nHost: a\r\n\r\n",
        "GET /%zz?a=%4 HTTP/1.1\r\nHost: a\r\n\r\n",
        "GET /?a=%00 HTTP/1.1\r\nHost: a\r\n\r\n",
        "GET /?a=%ff HTTP/1.1\r\nHost: a\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: a\r\nBad Header: b\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nTransfer-Encoding: "
        "chunked\r\n\r\n0\r\n\r\n",
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
    running.application.on_request = [](const Request& request, Reply reply) {
      reply(text(std::to_string(request.body.size())));
    };
    const std::string body(1024 * 1024, 'x');
    Client client{running.server.port()};
    CHECK(client.request("POST", "/", body, {}).body == "1048576");
    CHECK(code(client.request("POST", "/", body + 'x', {})) == "body_too_large");
    CHECK(client.is_closed());
    Client chunked{running.server.port()};
    chunked.send(
        head("POST / HTTP/1.1") + "Transfer-Encoding: chunked\r\n\r\n100001\r\n" + body +
        "x\r\n0\r\n\r\n");
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
    client.send(
        head("POST / HTTP/1.1") + "Content-Length: 9999999999\r\nExpect: 100-continue\r\n\r\n");
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
    client.send(
        head("POST / HTTP/1.1") + "Transfer-Encoding: chunked\r\n\r\n5;" +
        std::string(100 * 1024, 'x'));
    CHECK(client.receive().status == 400);
  }

  TEST_CASE("a head that does not end is a 408, however steadily it drips") {
    Running running{{.head_timeout = milliseconds{60}}};
    Client client{running.server.port()};
    client.send("GET / HTTP/1.1\r\n");
    // Each header line arrives within any pause allowed; only their sum takes too long.
    std::thread dripping{[&] {
      while (client.try_send("X: y\r\n") && !running.application.traffic().malformed)
        std::this_thread::yield();
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
    running.application.on_request = [](const Request&, Reply reply) {
      reply(text(std::string(64 * 1024 * 1024, 'x')));
    };
    Client client{running.server.port()};
    client.send(head("GET / HTTP/1.1") + "\r\n");
    while (running.application.traffic().accepted == 0 ||
           running.application.traffic().connections > 0)
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

  TEST_CASE("bodies that are gathering have one budget, given back when they are done with") {
    Running running{{.buffered_bytes = 100 * 1024}};
    for (int round = 0; round < 3; ++round) {
      Client large{running.server.port()};
      large.send(
          head("POST / HTTP/1.1") + "Content-Length: 300000\r\n\r\n" + std::string(200'000, 'x'));
      CHECK(code(large.receive()) == "unavailable");
      Client fits{running.server.port()};
      CHECK(fits.request("POST", "/", std::string(90'000, 'x'), {}).status == 200);
    }
  }
}
