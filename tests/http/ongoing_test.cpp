// Answers that go on, on real sockets.

#include <doctest/doctest.h>

#include <future>

#include "tests/http/client.hpp"
#include "tests/http/scripted.hpp"
#include "tests/support/wait.hpp"

using namespace http_test;
using http::Ongoing;
using http::Reply;
using http::Request;
using std::chrono::milliseconds;

namespace {

const http::Response events_head{.content_type = http::content::events};

std::shared_ptr<const std::string> piece(std::string text) {
  return std::make_shared<const std::string>(std::move(text));
}

// A server whose answers to /ongoing the test goes on with.
struct GoesOn {
  std::promise<Ongoing> begun;
  std::promise<void> over;
  Running running;

  explicit GoesOn(http::Limits limits = {}) : running{limits} {
    running.application.on_request = [this](const Request& request, Reply reply) {
      if (request.path != "/ongoing") return reply(text("short"));
      begun.set_value(reply.begin(events_head, [this] { over.set_value(); }));
    };
  }
  Ongoing answer() { return begun.get_future().get(); }
  bool is_over() {
    return over.get_future().wait_for(support::patience) == std::future_status::ready;
  }
};

}  // namespace

TEST_SUITE("http: ongoing") {
  TEST_CASE("pieces arrive as they are sent, and the connection is good for the next request") {
    GoesOn server;
    Client client{server.running.server.port()};
    client.send(head("GET /ongoing HTTP/1.1") + "\r\n" + head("GET /next HTTP/1.1") + "\r\n");
    {
      auto answer = server.answer();
      const auto begin = client.receive_head_only();
      CHECK(begin.header("content-type") == "text/event-stream");
      CHECK(begin.header("content-length").empty());
      answer.send(piece("one\n"));
      CHECK(client.receive_line() == "one");
      answer.send(piece("two\nthr"));
      answer.send(piece(""));
      answer.send(piece("ee\n"));
      CHECK(client.receive_line() == "two");
      CHECK(client.receive_line() == "three");
      CHECK(server.running.application.traffic().ongoing == 1);
      CHECK(server.running.application.traffic().in_flight == 0);
    }
    CHECK_THROWS_WITH(client.receive_line(), "the stream is over");
    CHECK(server.is_over());
    CHECK(client.receive().body == "short");
    CHECK(server.running.application.traffic().ongoing == 0);
  }

  TEST_CASE("a client that leaves ends its answer, which may go on into nothing") {
    GoesOn server;
    Client client{server.running.server.port()};
    client.send(head("GET /ongoing HTTP/1.1") + "\r\n");
    auto answer = server.answer();
    client.close();
    CHECK(server.is_over());
    answer.send(piece("nobody\n"));
    CHECK(Client{server.running.server.port()}.get("/").body == "short");
  }

  TEST_CASE("a client that does not keep up is cut off") {
    GoesOn server{{.ongoing_bytes = 10'000}};
    Client client{server.running.server.port()};
    client.send(head("GET /ongoing HTTP/1.1") + "\r\n");
    auto answer = server.answer();
    // More than any socket keeps for a client that reads nothing.
    const auto large = piece(std::string(1 << 20, 'x'));
    for (int i = 0; i < 64; ++i) answer.send(large);
    CHECK(server.is_over());
    CHECK(server.running.application.traffic().left_behind == 1);
  }

  TEST_CASE("one piece may be larger than what may wait, as long as nothing waits before it") {
    GoesOn server{{.ongoing_bytes = 10}};
    Client client{server.running.server.port()};
    client.send(head("GET /ongoing HTTP/1.1") + "\r\n");
    auto answer = server.answer();
    answer.send(piece(std::string(100'000, 'x') + "\n"));
    CHECK(client.receive_line().size() == 100'000);
  }

  TEST_CASE("a client that takes nothing for too long is cut off, however little is sent") {
    GoesOn server{{.ongoing_bytes = 64 << 20, .write_timeout = milliseconds{50}}};
    Client client{server.running.server.port()};
    client.send(head("GET /ongoing HTTP/1.1") + "\r\n");
    auto answer = server.answer();
    answer.send(piece(std::string(32 << 20, 'x')));
    CHECK(server.is_over());
  }

  TEST_CASE("a HEAD gets the head alone") {
    GoesOn server;
    Client client{server.running.server.port()};
    CHECK(client.request("HEAD", "/ongoing", "", {}).header("content-type") == "text/event-stream");
    auto answer = server.answer();
    answer.send(piece("nothing of this\n"));
    CHECK(server.is_over());
    CHECK(client.get("/").body == "short");
  }

  TEST_CASE("HTTP/1.0 gets the pieces as they are, until the connection is closed") {
    GoesOn server;
    Client client{server.running.server.port()};
    client.send("GET /ongoing HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
    {
      auto answer = server.answer();
      answer.send(piece("Content-Is: plain\r\n\r\n"));
    }
    const auto begin = client.receive_head_only();
    CHECK(begin.header("connection") == "close");
    CHECK(begin.header("transfer-encoding").empty());
    CHECK(client.receive_rest() == "Content-Is: plain\r\n\r\n");
  }

  TEST_CASE("a stop ends answers that go on after what was sent") {
    GoesOn server;
    Client client{server.running.server.port()};
    client.send(head("GET /ongoing HTTP/1.1") + "\r\n");
    auto answer = server.answer();
    answer.send(piece("last words\n"));
    std::thread stopping{[&] { server.running.server.stop(milliseconds{10'000}); }};
    CHECK(client.receive_line() == "last words");
    CHECK_THROWS_WITH(client.receive_line(), "the stream is over");
    CHECK(server.is_over());
    client.close();
    stopping.join();
    answer.send(piece("too late\n"));
  }
}
