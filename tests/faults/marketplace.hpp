// A deployment of two engines with a payment gateway of its own, and what its views must show.
#pragma once

#include <doctest/doctest.h>

#include <filesystem>
#include <functional>
#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <sstream>

#include "tests/e2e/deployment.hpp"
#include "tests/faults/checker.hpp"

namespace faults {

struct Marketplace {
  using Prepare = std::function<void(e2e::Deployment&)>;

  e2e::Deployment deployment;
  // `prepare` prepares what it is started on.
  explicit Marketplace(
      std::vector<std::string> options = {}, const Prepare& prepare = [](auto&) {})
      : deployment{with_payments(std::move(options)), 2} {
    prepare(deployment);
    deployment.start();
  }

  nlohmann::json get(const std::string& path) {
    e2e::Client client{deployment.port()};
    nlohmann::json body;
    // A process that was killed may not be back yet.
    CHECK(support::eventually([&] {
      const auto answer = client.get(path);
      if (answer.status == 200) body = nlohmann::json::parse(answer.body);
      return answer.status == 200;
    }));
    return body;
  }
  // Every item of a list, page by page.
  std::string list(const std::string& path) {
    std::string items;
    for (nlohmann::json page{{"next_cursor", ""}}; !page["next_cursor"].is_null();) {
      const std::string cursor = page["next_cursor"];
      page = get(path + "?limit=500" + (cursor.empty() ? "" : "&cursor=" + cursor));
      items += page["items"].dump();
    }
    return items;
  }
  std::map<std::string, std::string> lists() {
    std::map<std::string, std::string> all;
    const auto paths = get("/openapi.json")["paths"];
    for (const auto& [path, operations] : paths.items())
      // The audit trail is no view, and hurries less.
      if (path.find('{') == std::string::npos && !path.starts_with("/audit/") &&
          operations.contains("get"))
        for (const auto& parameter : operations["get"].value("parameters", nlohmann::json::array()))
          if (parameter.value("$ref", "").ends_with("/cursor")) all[path] = list(path);
    return all;
  }

  // Whether nothing is under way any more and the views show what the log has.
  bool settled() {
    const auto expected = outcome(read_log(deployment.data()));
    for (const auto& [id, status] : expected.orders)
      if (status == "pending" || status == "awaiting_payment" ||
          get("/orders/" + id)["status"] != status)
        return false;
    return std::ranges::all_of(expected.available, [&](const auto& item) {
      return get("/inventory/" + item.first)["quantity_available"] == item.second;
    });
  }
  // Payments that time out are asked for again ever more slowly: it takes as long as something
  // still happens.
  void check_views() {
    for (std::size_t commits = 0;;) {
      if (support::eventually([&] { return settled(); })) return;
      const auto now = read_log(deployment.data()).size();
      REQUIRE_MESSAGE(now > commits, deployment.output());
      commits = now;
    }
  }
  // And a fold of the whole log from its beginning shows the same, whatever the view.
  void check_fresh_folds() {
    for (const auto& view : views()) check_proven(view);
    // A timer may fire late, and have more said meanwhile: then that is waited for and it is done
    // again.
    for (int round = 0; round < rounds_most; ++round) {
      check_views();
      const auto commits = read_log(deployment.data()).size();
      const auto before = lists();
      CHECK(before.size() > 5);
      for (const auto& view : views())
        for (const auto* what : {"rebuild", "switch"}) {
          const auto done = deployment.operate({"view", what, view});
          CHECK_MESSAGE(done.status == 0, done.output);
        }
      const auto after = lists();
      if (read_log(deployment.data()).size() != commits) continue;
      for (const auto& [path, items] : after) CHECK_MESSAGE(items == before.at(path), path);
      return;
    }
    FAIL("each time something else was still under way");
  }

 private:
  static constexpr int rounds_most = 5;

  static std::vector<std::string> with_payments(std::vector<std::string> options) {
    options.insert(
        options.end(),
        {"--empty",
         "--simulator-port",
         std::to_string(cli::free_port()),
         "--payment-timeout-ms",
         "300"});
    return options;
  }

  std::set<std::string> views() {
    std::set<std::string> names;
    // Whoever folds may not be back yet.
    REQUIRE(support::eventually([&] {
      std::istringstream listed{deployment.operate({"view", "list"}).output};
      std::string name;
      for (std::string rest; listed >> name && std::getline(listed, rest);)
        if (rest.find("live") != std::string::npos) names.insert(name);
      return names.size() > 5;
    }));
    return names;
  }

  // To verify is to read every row: where damage lay in what nobody had asked for yet, it is found
  // now, and the view made again.
  void check_proven(const std::string& view) {
    e2e::Ended done;
    const auto verified = [&] {
      done = deployment.operate({"view", "verify", view});
      return done.status == 0;
    };
    const bool proven = support::eventually(verified) || support::eventually(verified);
    CHECK_MESSAGE(proven, (done.output + deployment.output()));
  }
};

}  // namespace faults
