// Streamed bodies at the server: order, the window, and what breaks off.

#include <doctest/doctest.h>

#include <atomic>
#include <deque>
#include <mutex>
#include <thread>

#include "gateways/http/server.hpp"
#include "tests/http/client.hpp"

using http::LineReply;
using http::Request;
using http_test::Client;
using std::chrono::milliseconds;

namespace {

// Keeps each line until the test releases it, or answers at once.
struct Held {
  std::mutex mutex;
  std::deque<std::pair<std::string, LineReply>> lines;
  std::atomic<std::size_t> taken{0};
  std::atomic<bool> at_once{true};

  void wait_for(std::size_t count) const {
    while (taken < count) std::this_thread::yield();
  }
  void answer_last() {
    std::unique_lock lock{mutex};
    auto [text, reply] = std::move(lines.back());
    lines.pop_back();
    lock.unlock();
    reply("<" + text + ">");
  }
};

struct HeldLines : http::Lines {
  Held& held;
  explicit HeldLines(Held& to) : held{to} {}
  void line(std::string_view text, LineReply reply) override {
    if (text == "throw") throw std::runtime_error("broken line");
    if (text == "drop") return;
    if (held.at_once) {
      reply("<" + std::string{text} + ">");
    } else {
      const std::lock_guard lock{held.mutex};
      held.lines.emplace_back(text, std::move(reply));
    }
    ++held.taken;
  }
  void too_long(LineReply reply) override { reply("too long"); }
};

struct Streaming : http::Application {
  Held held;
  void handle(const Request&, http::Reply reply) override { reply({.body = "whole"}); }
  std::unique_ptr<http::Lines> lines(const Request& head) override {
    return head.path == "/lines" ? std::make_unique<HeldLines>(held) : nullptr;
  }
};

struct Running {
  Streaming application;
  http::Server server;
  explicit Running(http::Limits limits = {}) : server{application, {.port = 0, .limits = limits}} {}
};

constexpr std::string_view begin =
    "POST /lines HTTP/1.1\r\nHost: test\r\nTransfer-Encoding: chunked\r\n\r\n";

std::string chunk(std::string_view text) {
  char size[16];
  std::snprintf(size, sizeof size, "%zx\r\n", text.size());
  return size + std::string{text} + "\r\n";
}
constexpr std::string_view end = "0\r\n\r\n";

}  // namespace

TEST_SUITE("http: streamed lines") {
  TEST_CASE("each line is answered, and the connection can be used again") {
    Running running;
    Client client{running.server.port()};
    CHECK(client.request("POST", "/lines", "a\nb\r\n\n \nc", {}).body == "<a>\n<b>\n<c>\n");
    CHECK(client.get("/").body == "whole");
  }

  TEST_CASE("answers come while the body is still being sent") {
    Running running;
    Client client{running.server.port()};
    client.send(std::string{begin} + chunk("one\ntw"));
    CHECK(client.receive_line() == "<one>");
    client.send(chunk("o\n"));
    CHECK(client.receive_line() == "<two>");
    client.send(end);
    CHECK_THROWS_WITH(client.receive_line(), "the stream is over");
  }

  TEST_CASE("answers keep the order of the lines whatever the order of the replies") {
    Running running;
    running.application.held.at_once = false;
    Client client{running.server.port()};
    client.send(std::string{begin} + chunk("1\n2\n3\n") + std::string{end});
    running.application.held.wait_for(3);
    for (int i = 0; i < 3; ++i) running.application.held.answer_last();
    CHECK(client.receive().body == "<1>\n<2>\n<3>\n");
  }

  TEST_CASE("no more lines are handed over than the window has room for") {
    Running running{{.lines_in_flight = 4}};
    auto& held = running.application.held;
    held.at_once = false;
    Client client{running.server.port()};
    client.send(std::string{begin} + chunk("1\n2\n3\n4\n5\n6\n") + std::string{end});
    held.wait_for(4);
    // A request on another connection of the same thread comes back, so the server has done all it
    // will.
    Client other{running.server.port()};
    CHECK(other.get("/").status == 200);
    CHECK(held.taken == 4);
    for (int i = 0; i < 4; ++i) held.answer_last();
    held.wait_for(6);
    for (int i = 0; i < 2; ++i) held.answer_last();
    CHECK(client.receive().body == "<1>\n<2>\n<3>\n<4>\n<5>\n<6>\n");
  }

  TEST_CASE("a client that sends without reading is held back, and loses nothing") {
    Running running;
    Client client{running.server.port()};
    constexpr int count = 200'000;
    std::thread sending{[&] {
      client.send(begin);
      std::string block;
      for (int i = 0; i < count; ++i) {
        block += std::to_string(i) + '\n';
        if (block.size() > 60'000) client.send(chunk(std::exchange(block, {})));
      }
      client.send(chunk(block) + std::string{end});
    }};
    int wrong = 0;
    for (int i = 0; i < count; ++i) wrong += client.receive_line() != "<" + std::to_string(i) + ">";
    sending.join();
    CHECK(wrong == 0);
  }

  TEST_CASE("a line too long fails alone") {
    Running running{{.line_bytes = 1000}};
    Client client{running.server.port()};
    const auto body = "a\n" + std::string(200'000, 'x') + "\nb\n" + std::string(1000, 'y') + '\n' +
                      std::string(1001, 'z');
    CHECK(
        client.request("POST", "/lines", body, {}).body ==
        "<a>\ntoo long\n<b>\n<" + std::string(1000, 'y') + ">\ntoo long\n");
  }

  TEST_CASE("a line whose handler throws or forgets it gets a 500 of its own") {
    Running running;
    Client client{running.server.port()};
    const auto answer = client.request("POST", "/lines", "throw\na\ndrop\nb\n", {});
    CHECK(answer.status == 200);
    CHECK(answer.body.find("\"code\":\"internal\"") < answer.body.find("<a>"));
    CHECK(answer.body.rfind("\"code\":\"internal\"") > answer.body.find("<a>"));
    CHECK(answer.body.ends_with("<b>\n"));
  }

  TEST_CASE("a body that breaks off is answered so far, with the reason last") {
    Running running;
    Client client{running.server.port()};
    client.send(std::string{begin} + chunk("a\nb\nc") + "nonsense\r\n");
    const auto answer = client.receive();
    CHECK(answer.body.starts_with("<a>\n<b>\n{"));
    CHECK(answer.body.find("\"code\":\"malformed\"") != std::string::npos);
    CHECK(client.is_closed());
  }

  TEST_CASE("a silent stream is given up, but not while its client waits for answers") {
    Running running{{.idle_timeout = milliseconds{60}}};
    Client client{running.server.port()};
    client.send(std::string{begin} + chunk("a\n"));
    CHECK(client.receive_line() == "<a>");
    CHECK(client.receive_line().find("request_timeout") != std::string::npos);
  }

  TEST_CASE("a client that vanishes in the middle harms nobody") {
    Running running;
    running.application.held.at_once = false;
    {
      Client client{running.server.port()};
      client.send(std::string{begin} + chunk("1\n2\n3\n"));
      running.application.held.wait_for(3);
    }
    while (running.application.traffic().connections > 0) std::this_thread::yield();
    for (int i = 0; i < 3; ++i) running.application.held.answer_last();
    CHECK(running.application.traffic().in_flight == 0);
    Client other{running.server.port()};
    CHECK(other.get("/").status == 200);
  }

  TEST_CASE("HTTP/1.0 cannot take chunks and is told so") {
    Running running;
    Client client{running.server.port()};
    client.send("POST /lines HTTP/1.0\r\nContent-Length: 2\r\n\r\na\n");
    CHECK(client.receive().status == 400);
  }
}
