// The load generator, against a server of our own.
#include "bench/load/load.hpp"

#include <doctest/doctest.h>

#include <map>
#include <thread>

#include "tests/http/scripted.hpp"

using namespace http_test;
using namespace std::chrono_literals;

namespace {

// The same request for ever; remembers what was answered.
struct Ask : load::Script {
  explicit Ask(std::string path) : target{std::move(path)} {}

  void request(std::string& out) override { load::write_get(out, target, ""); }
  std::uint64_t confirms(const load::Answer& answer) override {
    ++answers[answer.body()];
    return answer.status() == 200 ? 1 : 0;
  }

  std::string target;
  std::map<std::string, int> answers;
};

}  // namespace

TEST_SUITE("bench: load") {
  TEST_CASE("in a closed loop every connection asks again when it is answered") {
    Running running;
    Ask script{"/a"};
    const auto measured = load::run(
        {.port = running.server.port(), .connections = 4, .warm_up = 0ms, .time = 50ms}, script);
    CHECK(measured.confirmed > 4);
    CHECK(script.answers.size() == 1);
    CHECK(script.answers["GET /a"] == static_cast<int>(measured.latency.count()));
  }

  TEST_CASE("in an open loop as many are sent as the rate says, however slow the server is") {
    Running running;
    running.application.on_request = [](const http::Request&, http::Reply reply) {
      std::this_thread::sleep_for(2ms);
      reply(text("late"));
    };
    Ask script{"/a"};
    const auto measured = load::run(
        {.port = running.server.port(),
         .connections = 2,
         .rate = 1'000,
         .warm_up = 0ms,
         .time = 50ms},
        script);
    CHECK(measured.latency.count() == 50);
    // The last was due at 49 ms and there were 50 answers of 2 ms before it was there.
    CHECK(measured.latency.highest() >= 50ms);
  }

  TEST_CASE("an answer that comes in pieces is put together") {
    Running running;
    const std::string large(1'000'000, 'x');
    running.application.on_request = [&](const http::Request&, http::Reply reply) {
      reply(text(large));
    };
    Ask script{"/a"};
    load::run({.port = running.server.port(), .warm_up = 0ms, .time = 20ms}, script);
    CHECK(script.answers.size() == 1);
    CHECK(script.answers.begin()->first == large);
  }

  TEST_CASE("what follows an answer is measured apart and confirms nothing") {
    struct Twice final : Ask {
      using Ask::Ask;
      void follow(const load::Answer&, std::string& out) override {
        load::write_get(out, "/after", "");
      }
    };
    Running running;
    Twice script{"/first"};
    const auto measured = load::run(
        {.port = running.server.port(), .rate = 500, .warm_up = 0ms, .time = 20ms}, script);
    CHECK(measured.latency.count() == 10);
    CHECK(measured.following.count() == 10);
    CHECK(measured.confirmed <= 10);
    CHECK(script.answers["GET /after"] == 10);
  }

  TEST_CASE("a refusal ends the run and says what the server said") {
    Running running;
    running.application.on_request = [](const http::Request&, http::Reply reply) {
      reply({.status = 422, .content_type = http::content::problem, .body = "no stock"});
    };
    Ask script{"/a"};
    CHECK_THROWS_WITH(
        load::run({.port = running.server.port()}, script),
        "the server refuses with 422: no stock; mend the script or the server");
  }
}
