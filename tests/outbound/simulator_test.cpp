// The simulator keeps what it answered, and its statement adds up.
#include <doctest/doctest.h>

#include <cstdlib>
#include <map>
#include <random>

#include "gateways/cli/http_client.hpp"
#include "gateways/cli/process.hpp"
#include "tests/outbound/shop.hpp"
#include "tests/support/programs.hpp"
#include "tests/support/seed.hpp"

using namespace outbound_test;
using Outcome = GatewayOutcome;

namespace {

// `construct simulator` in a process of its own.
class Process {
 public:
  Process() { start(); }
  ~Process() { kill(); }
  Process(const Process&) = delete;
  Process& operator=(const Process&) = delete;

  void start() {
    process_ = cli::start(
        {"simulator",
         {support::program("construct"), "simulator"},
         {{"CONSTRUCT_DATA", folder_.path().string()},
          {"CONSTRUCT_SIMULATOR_PORT", std::to_string(port_)}}});
    if (!support::eventually([&] { return cli::get_status(port_, "/healthz") == 200; }))
      throw std::runtime_error("the simulator does not start");
  }
  void kill() {
    if (process_ != 0) cli::stop(process_, milliseconds{0});
    process_ = 0;
  }
  std::uint16_t port() const { return port_; }

 private:
  support::TemporaryFolder folder_;
  std::uint16_t port_ = cli::free_port();
  pid_t process_ = 0;
};

}  // namespace

TEST_SUITE("simulator") {
  TEST_CASE("kill -9 loses nothing that was answered") {
    Process process;
    std::map<std::string, GatewayAnswer> answers;
    for (int round = 0; round < 3; ++round) {
      {
        Asking ask{process.port(), ever};
        for (int i = 0; i < 20; ++i) {
          const auto key = std::to_string(round) + '-' + std::to_string(i);
          answers[key] = ask.authorize(key, "test_ok");
          REQUIRE(answers[key].outcome == Outcome::authorized);
        }
        ask.fence("fenced");
        process.kill();
        CHECK(ask.look_up("0-0").outcome == Outcome::unknown);
      }
      process.start();
      Asking ask{process.port(), ever};
      CHECK(ask.look_up("fenced").outcome == Outcome::voided);
      for (const auto& [key, answer] : answers) {
        CHECK(ask.look_up(key).gateway_ref == answer.gateway_ref);
        CHECK(ask.authorize(key, "test_ok").gateway_ref == answer.gateway_ref);
      }
    }
  }

  TEST_CASE("a webhook secret that is too short, or missing, is refused") {
    const auto refused = [](std::vector<std::string> arguments) {
      arguments.insert(arguments.begin(), {support::program("construct"), "simulator"});
      return cli::output_of(arguments);
    };
    CHECK(
        refused({"--webhook-url", "http://127.0.0.1:1"}).find("webhooks need the secret") !=
        std::string::npos);
    CHECK(refused({"--payment-secret", "short"}).find("is no value") != std::string::npos);
    CHECK(refused({"--webhook-url", "ftp://x"}).find("is no value") != std::string::npos);
  }

  TEST_CASE("the statement has a line for each movement, and their sums are what was answered") {
    Shop shop;
    auto& ask = shop.patient();
    std::mt19937_64 random{support::seed()};
    const auto up_to = [&](std::int64_t most) {
      return std::uniform_int_distribution<std::int64_t>{1, most}(random);
    };
    std::map<std::string, std::int64_t> expected;
    const std::vector<std::string> methods{
        "test_ok", "test_decline", "test_webhook_only", "test_webhook_chaos", "test_3ds"};
    int number = 0;
    const auto key = [&] { return "k/" + std::to_string(++number); };
    for (int i = 0; i < 40; ++i) {
      const auto amount = up_to(1000);
      const auto held =
          ask.authorize(key(), methods[static_cast<std::size_t>(up_to(5) - 1)], amount);
      if (held.outcome == Outcome::authorized || held.outcome == Outcome::unknown)
        expected["authorization"] += amount;
      for (auto steps = up_to(4); steps > 0; --steps) {
        const auto part = up_to(amount);
        if (ask.capture(key(), held.gateway_ref, part).outcome == Outcome::captured)
          expected["capture"] += part;
        const auto back = up_to(amount);
        if (ask.refund(key(), held.gateway_ref, back).outcome == Outcome::refunded)
          expected["refund"] += back;
      }
      const auto voided =
          shop.post("/v1/payments/" + held.gateway_ref + "/void", json::object(), key());
      if (voided["status"] == "voided") expected["void"] += amount;
    }
    std::map<std::string, std::int64_t> shown;
    const auto lines = shop.statement();
    for (const auto& line : lines) {
      shown[line["kind"]] += line["amount"].get<std::int64_t>();
      CHECK(line["currency"] == "EUR");
      CHECK(line["reference"] == "pay-1");
    }
    CHECK(shown == expected);
    REQUIRE(lines.size() > 10);
    const std::string from = lines[3]["at"], to = lines[7]["at"];
    CHECK(shop.get("/v1/statement?from=" + from + "&to=" + to)["lines"].size() == 4);

    shop.reopen();
    CHECK(shop.statement() == lines);
  }
}
