// Whole deployments whose processes are killed at random while customers go on. CONSTRUCT_KILLS=n
// says how often, CONSTRUCT_SEED=n in which order: `./dev faults` runs a long campaign.
#include <array>
#include <set>
#include <sstream>

#include "tests/faults/checker.hpp"
#include "tests/support/seed.hpp"

namespace {

using e2e::Client;
using nlohmann::json;

constexpr auto payment_patience = "300";
constexpr unsigned customers = 6;
constexpr std::array victims{
    "nats-server",
    "construct engine",
    "construct project",
    "construct flows",
    "construct effects",
    "construct simulator"};

struct Marketplace {
  e2e::Deployment deployment{{
      "--empty",
      "--simulator-port",
      std::to_string(cli::free_port()),
      "--payment-timeout-ms",
      payment_patience,
  }};
  Marketplace() { deployment.start(); }

  json get(const std::string& path) {
    Client client{deployment.port()};
    json body;
    // A process that was killed may not be back yet.
    CHECK(support::eventually([&] {
      const auto answer = client.get(path);
      if (answer.status == 200) body = json::parse(answer.body);
      return answer.status == 200;
    }));
    return body;
  }
  // Every item of a list, page by page.
  std::string list(const std::string& path) {
    std::string items;
    for (json page{{"next_cursor", ""}}; !page["next_cursor"].is_null();) {
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
      if (path.find('{') == std::string::npos && operations.contains("get"))
        for (const auto& parameter : operations["get"].value("parameters", json::array()))
          if (parameter.value("$ref", "").ends_with("/cursor")) all[path] = list(path);
    return all;
  }
  e2e::Ended operate(std::vector<std::string> words) const {
    words.insert(words.end(), {"--data", deployment.data().string()});
    return e2e::run(words);
  }

  // Once nothing is under way any more: the views show what the log has.
  void check_views() {
    CHECK(support::eventually([&] {
      const auto expected = faults::outcome(faults::read_log(deployment.data()));
      for (const auto& [id, status] : expected.orders)
        if (status == "pending" || status == "awaiting_payment" ||
            get("/orders/" + id)["status"] != status)
          return false;
      return std::ranges::all_of(expected.available, [&](const auto& item) {
        return get("/inventory/" + item.first)["quantity_available"] == item.second;
      });
    }));
  }
  // And a fold of the whole log from its beginning shows the same, whatever the view.
  void check_fresh_folds() {
    const auto before = lists();
    CHECK(before.size() > 5);
    std::set<std::string> names;
    std::istringstream listed{operate({"view", "list"}).output};
    std::string name;
    for (std::string rest; listed >> name && std::getline(listed, rest);)
      if (rest.find("live") != std::string::npos) names.insert(name);
    CHECK(names.size() > 5);
    for (const auto& view : names)
      for (const auto* what : {"verify", "rebuild", "switch"}) {
        const auto done = operate({"view", what, view});
        CHECK_MESSAGE(done.status == 0, done.output);
      }
    for (const auto& [path, items] : lists()) CHECK_MESSAGE(items == before.at(path), path);
  }
};

}  // namespace

TEST_SUITE("faults") {
  TEST_CASE_FIXTURE(Marketplace, "whoever is killed, and whenever: every promise is kept") {
    const auto seed = support::seed();
    const auto kills = support::number_from("CONSTRUCT_KILLS").value_or(12);
    std::mt19937_64 random{seed};
    faults::Market market{deployment.ports(), customers, seed};
    const auto go_on = [&](std::size_t answers) {
      const auto until = market.answered() + answers;
      return support::eventually([&] { return market.answered() >= until; });
    };
    std::map<std::string, int> killed;
    for (std::uint64_t i = 0; i < kills; ++i) {
      REQUIRE_MESSAGE(go_on(random() % 60), deployment.output());
      const auto* victim = victims[random() % victims.size()];
      killed[victim] += deployment.kill_some(victim);
    }
    REQUIRE_MESSAGE(go_on(100), deployment.output());
    const auto told = market.stop();
    check_views();
    const auto log = faults::read_log(deployment.data());
    for (const auto& wrong : faults::check(log, told)) FAIL_CHECK(wrong);
    check_fresh_folds();
    std::map<std::string, int> answers;
    for (const auto& one : told)
      ++answers
          [one.status == 422 ? one.answer["code"].get<std::string>() : std::to_string(one.status)];
    for (const auto& [victim, times] : killed) MESSAGE(victim, " killed: ", times);
    for (const auto& [answer, times] : answers) MESSAGE(answer, ": ", times);
    std::map<std::string, int> facts;
    for (const auto& commit : log)
      for (const auto& fact : commit.facts) ++facts[fact.type];
    for (const auto* fact : {"OrderConfirmed", "SubscriptionActivated", "ContractSettled"})
      MESSAGE(fact, ": ", facts[fact]);
    MESSAGE("commits: ", log.size());
  }
}
