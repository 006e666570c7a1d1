#include "gateways/nats/stream.hpp"

#include <doctest/doctest.h>

#include <memory>

#include "domain/kernel/clock.hpp"
#include "tests/support/nats_server.hpp"
#include "tests/support/wait.hpp"

namespace {

using fold::Published;

struct LogFixture {
  support::NatsServer server;
  nats::Connection connection{server.as("engine"), "test engine"};
  nats::Stream stream{connection, [](const std::string&) {}};

  Published publish(const std::string& block, std::uint64_t expected) {
    const auto answer = std::make_shared<support::Awaited<Published>>();
    stream.publish(block, expected, [answer](Published outcome) { answer->give(outcome); });
    return answer->take();
  }
  std::optional<fold::Look> look() {
    const auto answer = std::make_shared<support::Awaited<std::optional<fold::Look>>>();
    stream.look([answer](std::optional<fold::Look> seen) { answer->give(seen); });
    return answer->take();
  }
  static std::vector<std::string> read(fold::Subscription& subscription, std::size_t count) {
    std::vector<std::string> texts;
    support::eventually([&] {
      for (auto& message : subscription.next(10, 50)) texts.push_back(message.data);
      return texts.size() >= count;
    });
    return texts;
  }
};

bool refused(nats::Connection& connection, const std::string& subject, const std::string& body) {
  try {
    connection.request(subject, body, 300);
    return false;
  } catch (const std::runtime_error&) {
    return true;  // A message that may not be sent is never answered.
  }
}

}  // namespace

TEST_SUITE("nats: stream") {
  TEST_CASE_FIXTURE(LogFixture, "a block is stored only where the log ends") {
    CHECK(publish("a", 0) == Published::stored);
    CHECK(publish("b", 0) == Published::refused);
    CHECK(publish("b", 7) == Published::refused);
    CHECK(publish("b", 1) == Published::stored);
    CHECK(look()->last_sequence == 2);
  }

  TEST_CASE_FIXTURE(LogFixture, "the server's time comes with each look") {
    const auto difference = std::chrono::abs(look()->server_time - kernel::SystemClock{}.now());
    CHECK(difference < std::chrono::seconds{5});
  }

  TEST_CASE_FIXTURE(
      LogFixture, "a subscription begins where it is told and goes on with what comes") {
    for (int i = 0; i < 5; ++i)
      REQUIRE(publish(std::string(1, static_cast<char>('a' + i)), i) == Published::stored);
    const auto subscription = stream.subscribe(4);
    CHECK(read(*subscription, 2) == std::vector<std::string>{"d", "e"});
    REQUIRE(publish("f", 5) == Published::stored);
    CHECK(read(*subscription, 1) == std::vector<std::string>{"f"});
  }

  TEST_CASE_FIXTURE(
      LogFixture, "a server that is killed and comes back loses nothing, and its readers go on") {
    const auto subscription = stream.subscribe(1);
    REQUIRE(publish("before", 0) == Published::stored);
    REQUIRE(read(*subscription, 1) == std::vector<std::string>{"before"});
    server.kill();
    // Whether there is an answer depends on whether the client has noticed; "stored" it cannot be.
    stream.publish("meanwhile", 1, [](Published outcome) { CHECK(outcome != Published::stored); });
    server.start();
    CHECK(support::eventually([&] { return look().has_value(); }));
    REQUIRE(publish("after", 1) == Published::stored);
    CHECK(read(*subscription, 1) == std::vector<std::string>{"after"});
  }
}

TEST_SUITE("nats: permissions") {
  TEST_CASE_FIXTURE(LogFixture, "only the engine may write to the log") {
    for (const auto* user : {"project", "gateway", "replay"}) {
      nats::Connection other{server.as(user), "test"};
      CHECK(refused(other, nats::stream_subject, "stray"));
    }
    CHECK(look()->last_sequence == 0);
  }

  TEST_CASE_FIXTURE(
      LogFixture,
      "nobody but the operator may purge, change, restore or delete the log, and not even he may "
      "purge it") {
    REQUIRE(publish("a", 0) == Published::stored);
    for (const auto* user : {"engine", "project", "gateway", "replay"}) {
      nats::Connection other{server.as(user), "test"};
      for (const auto* verb : {"PURGE", "DELETE", "UPDATE", "RESTORE", "MSG.DELETE"})
        CHECK(refused(other, std::string{"$JS.API.STREAM."} + verb + ".EVENTS", "{}"));
    }
    nats::Connection other{server.as("operator"), "test"};
    CHECK(other.request("$JS.API.STREAM.PURGE.EVENTS", "{}").find("error") != std::string::npos);
    CHECK(
        other.request("$JS.API.STREAM.MSG.DELETE.EVENTS", R"({"seq":1})").find("error") !=
        std::string::npos);
    CHECK(look()->last_sequence == 1);
  }

  TEST_CASE_FIXTURE(LogFixture, "a stream that was changed from outside is not used") {
    nats::Connection other{server.as("operator"), "test"};
    CHECK_NOTHROW(nats::ensure_stream(other, 1));
    other.request(
        "$JS.API.STREAM.UPDATE.EVENTS",
        R"({"name":"EVENTS","subjects":["events"],"storage":"file","retention":"limits","discard":"new","num_replicas":1,"deny_delete":true,"deny_purge":true,"max_msgs":5,"max_age":0,"max_bytes":-1,"max_msg_size":-1})");
    CHECK_THROWS_WITH_AS(
        nats::ensure_stream(other, 1), doctest::Contains("max_msgs"), std::runtime_error);
  }
}
