// A rolling upgrade: every process is exchanged for a newer one in turn, under load. The older
// build is the one that CONSTRUCT_PREVIOUS names (`./dev upgrade` builds it), otherwise this one.
#include <cstdlib>

#include "tests/e2e/load.hpp"

using e2e::Client;
using e2e::json;
using e2e::read;

TEST_SUITE("upgrade") {
  TEST_CASE("processes are exchanged one after the other, and no client is told") {
    const char* previous = std::getenv("CONSTRUCT_PREVIOUS");
    e2e::Deployment deployment{{"--empty"}, 2};
    deployment.install(previous ? previous : support::program("construct"));
    deployment.start();
    const auto all_ready = [&] {
      return support::eventually([&] {
        return std::ranges::all_of(deployment.ports(), [](auto port) {
          return Client{port}.get("/readyz").status == 200;
        });
      });
    };
    const auto status = [&] {
      return e2e::run({"status", "--data", deployment.data().string()}).output;
    };
    e2e::Load load{deployment.ports(), 4};
    load.until(100);
    deployment.install(support::program("construct"));
    for (const std::string words :
         {"construct project",
          "construct flows",
          "construct effects",
          "--instance 1",
          "--instance 2"}) {
      INFO(words);
      // An earlier build may start others than this one.
      if (words != "--instance 1" && deployment.processes(words).empty()) continue;
      REQUIRE(deployment.signal_some(words, SIGTERM) == 1);
      REQUIRE(support::eventually([&] {
        const auto output = deployment.output();
        return output.rfind("it is started again") != std::string::npos &&
               deployment.signal_some(words, 0) == 1;
      }));
      REQUIRE_MESSAGE(all_ready(), deployment.output());
      load.until(load.count() + 50);
    }
    for (const auto* part : {"engine 1", "engine 2", "flows", "effects", "view orders"})
      CHECK(support::eventually([&] { return status().find(part) != std::string::npos; }));
    const auto acknowledged = load.stop();
    CHECK(load.refusals() == std::vector<std::string>{});
    for (const auto port : deployment.ports()) e2e::check_all_there(port, acknowledged);
    REQUIRE(deployment.terminate().status == 0);
    deployment.start();
    e2e::check_all_there(deployment.port(), acknowledged);
  }
}
