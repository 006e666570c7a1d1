// construct up as its user sees it: how it starts, how it stops, and what it says when it cannot.
#include <doctest/doctest.h>

#include <chrono>
#include <fstream>

#include "tests/e2e/deployment.hpp"

namespace {

// One sentence that says what to do, and a status that is not 0.
void check_refused(const e2e::Ended& ended, const std::string& words) {
  CAPTURE(ended.output);
  CHECK(ended.status != 0);
  CHECK(ended.status < 128);
  CHECK(ended.output.find(words) != std::string::npos);
}

}  // namespace

TEST_SUITE("up") {
  TEST_CASE(
      "it loads a demo, stops on SIGTERM with status 0, and is back within five seconds with all "
      "its data") {
    e2e::Deployment deployment{std::vector<std::string>{}};
    deployment.start();
    const auto demo = [&] { return e2e::Client{deployment.port()}.get("/inventory/sku-7").body; };
    REQUIRE(support::eventually(
        [&] { return demo().find("\"quantity_available\":6") != std::string::npos; }));
    const auto before = demo();
    const auto ended = deployment.terminate();
    CHECK(ended.status == 0);
    CHECK(ended.output.find("curl") != std::string::npos);

    const auto begin = std::chrono::steady_clock::now();
    deployment.start();
    CHECK(std::chrono::steady_clock::now() - begin < std::chrono::seconds{5});
    CHECK(demo() == before);
  }

  TEST_CASE("it brings a payment gateway of its own, unless it is told not to") {
    e2e::Deployment one;
    one.start();
    REQUIRE(support::eventually(
        [&] { return one.output().find("plays the card gateway") != std::string::npos; }));
    CHECK(one.kill_some("construct simulator") == 1);
    CHECK(support::eventually(
        [&] { return one.output().find("it is started again") != std::string::npos; }));
    const auto url = "http://127.0.0.1:" + std::to_string(one.port());
    for (const std::vector<std::string>& arguments :
         {std::vector<std::string>{"--no-simulator"}, {"--payment-gateway", url}}) {
      e2e::Deployment other{arguments};
      other.start();
      CHECK(other.kill_some("construct simulator") == 0);
    }
  }

  TEST_CASE("several instances live side by side") {
    e2e::Deployment one, other;
    one.start();
    other.start();
    const auto* item = R"({"inventory_id":"sku-1","product_id":"p-1","location_id":"main"})";
    CHECK(e2e::Client{one.port()}.post("/commands/inventory/CreateStockItem", item).status == 201);
    CHECK(
        e2e::Client{other.port()}.post("/commands/inventory/CreateStockItem", item).status == 201);
  }

  TEST_CASE("a second instance on the same folder is refused") {
    e2e::Deployment one;
    one.start();
    check_refused(
        e2e::run({"up", "--port", std::to_string(cli::free_port()), "--data", one.data().string()}),
        "another construct runs on the data folder");
  }

  TEST_CASE("a taken port is refused") {
    e2e::Deployment one;
    one.start();
    const support::TemporaryFolder folder;
    check_refused(
        e2e::run({"up", "--port", std::to_string(one.port()), "--data", folder.path().string()}),
        "is taken");
  }

  TEST_CASE("a folder that cannot be written is refused") {
    check_refused(
        e2e::run({"up", "--port", std::to_string(cli::free_port()), "--data", "/proc/construct"}),
        "cannot be written");
  }

  TEST_CASE("a missing, broken or too old nats-server is refused") {
    const support::TemporaryFolder folder;
    const auto port = std::to_string(cli::free_port());
    const auto up = [&](const std::string& server) {
      return e2e::run(
          {"up", "--port", port, "--data", folder.path().string(), "--nats-server", server});
    };
    check_refused(up("/nowhere/nats-server"), "is not a nats-server");
    const auto old = folder.path() / "old";
    std::ofstream{old} << "#!/bin/sh\necho nats-server: v2.9.10\n";
    std::filesystem::permissions(old, std::filesystem::perms::owner_all);
    check_refused(up(old.string()), "2.12 or newer is needed");
  }

  TEST_CASE("an unknown verb, key or value is refused") {
    check_refused(e2e::run({"fly"}), "there is no verb fly");
    check_refused(e2e::run({"up", "--wings", "2"}), "unknown key wings");
    check_refused(e2e::run({"up", "--port", "80a"}), "is no value for port");
    check_refused(e2e::run({"up"}, {{"CONSTRUCT_PORT", "0"}}), "CONSTRUCT_PORT");
    const support::TemporaryFolder folder;
    const auto file = folder.path() / "construct.json";
    std::ofstream{file} << R"({"prot": 1})";
    check_refused(e2e::run({"up", "--config", file.string()}), "unknown key prot");
  }

  TEST_CASE("the file, the environment and the flags are heard in that order") {
    const support::TemporaryFolder folder;
    const auto file = folder.path() / "construct.json";
    std::ofstream{file} << R"({"data": "/proc/from-file", "log": "json"})";
    const auto said = [&](std::vector<std::string> arguments,
                          const std::map<std::string, std::string>& environment) {
      arguments.insert(arguments.begin(), {"up", "--config", file.string()});
      return e2e::run(arguments, environment).output;
    };
    CHECK(said({}, {}).find("/proc/from-file") != std::string::npos);
    CHECK(
        said({}, {{"CONSTRUCT_DATA", "/proc/from-environment"}}).find("/proc/from-environment") !=
        std::string::npos);
    CHECK(
        said({"--data", "/proc/from-flag"}, {{"CONSTRUCT_DATA", "/proc/x"}})
            .find("/proc/from-flag") != std::string::npos);
  }
}
