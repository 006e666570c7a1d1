// The server on real sockets: what HTTP allows.

#include "gateways/http/server.hpp"

#include <doctest/doctest.h>

#include <future>
#include <thread>

#include "tests/http/client.hpp"
#include "tests/http/scripted.hpp"

using namespace http_test;
using http::Reply;
using http::Request;
using std::chrono::milliseconds;

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
    running.application.on_request = [](const Request& request, Reply reply) {
      reply(text(std::string{request.body}));
    };
    const auto request = head("POST / HTTP/1.1") +
                         "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n7;x=y\r\n, "
                         "world\r\n0\r\nTrailer: x\r\n\r\n";
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
    client.send(
        head("GET /1 HTTP/1.1") + "\r\n" + head("GET /2 HTTP/1.1") + "\r\n" +
        head("GET /3 HTTP/1.1") + "\r\n");
    first.get_future().get()(text("/1"));
    for (const auto* path : {"/1", "/2", "/3"}) CHECK(client.receive().body == path);
  }

  TEST_CASE("a reply may come from any thread") {
    Running running{{}, 2};
    running.application.on_request = [](const Request&, Reply reply) {
      std::thread{[reply = std::make_shared<Reply>(std::move(reply))] {
        (*reply)(text("later"));
      }}.detach();
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
    running.application.on_request = [](const Request&, Reply) {
      throw std::runtime_error("broken");
    };
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
    running.application.on_request = [](const Request& request, Reply reply) {
      reply(text(std::string{request.body}));
    };
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
    running.application.on_request = [&](const Request&, Reply reply) {
      taken.set_value(std::move(reply));
    };
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
    CHECK(
        said ==
        "port " + std::to_string(running.server.port()) +
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
