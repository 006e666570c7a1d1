// A subscription from outside: a plan, its first payment at the simulated gateway, what it grants.
#include <doctest/doctest.h>

#include <nlohmann/json.hpp>

#include "tests/e2e/load.hpp"

namespace {

using e2e::read;
using nlohmann::json;

json plan(const std::string& code) {
  return {
      {"plan_code", code},
      {"terms",
       {{"name", "Professional"},
        {"audience", "user"},
        {"tier_rank", 2},
        {"price", 1900},
        {"currency_code", "EUR"},
        {"interval", "month"},
        {"interval_count", 1},
        {"trial_days", 0},
        {"entitlements", {{{"feature", "projects"}, {"limit", 5}}, {{"feature", "support"}}}}}}};
}
json subscription(const std::string& id, const std::string& method) {
  return {
      {"subscription_id", id},
      {"user_id", "u-" + id},
      {"plan_id", "pro~1"},
      {"quantity", 2},
      {"payment_method", method},
      {"time_zone", "Europe/Berlin"}};
}

struct Subscribers {
  Subscribers() {
    deployment.start();
    client.emplace(deployment.port());
    REQUIRE(client->post("/plans", plan("pro").dump()).status == 201);
  }
  e2e::Answer subscribe(const std::string& id, const std::string& method) {
    return client->post("/subscriptions", subscription(id, method).dump());
  }
  json row(const std::string& id) { return e2e::row(*client, "/subscriptions/" + id); }
  bool becomes(const std::string& id, const std::string& status) {
    if (support::eventually([&] { return row(id).value("status", "") == status; })) return true;
    MESSAGE(client->get("/flows/period_payment/" + id + "~0").body);
    MESSAGE(deployment.output());
    return false;
  }
  json list(const std::string& path) { return read(client->get(path))["items"]; }

  e2e::Deployment deployment{{"--empty", "--simulator-port", std::to_string(cli::free_port())}};
  std::optional<e2e::Client> client;
};

}  // namespace

TEST_SUITE("subscriptions") {
  TEST_CASE_FIXTURE(Subscribers, "one that is paid is active, and grants what its plan does") {
    REQUIRE(subscribe("s-1", "test_ok").status == 201);
    REQUIRE(becomes("s-1", "active"));
    const auto active = row("s-1");
    CHECK(active["amount"] == 3800);
    CHECK(active["period_index"] == 0);
    CHECK(active["next_period_index"] == 1);
    CHECK(active["renews_at"] == active["current_period_end"]);
    const auto granted = list("/entitlements?user_id=u-s-1");
    REQUIRE(granted.size() == 2);
    CHECK(granted[0]["feature"] == "projects");
    CHECK(granted[0]["limit"] == 10);
    CHECK(granted[1]["limit"] == nullptr);
    const auto paid = read(client->get("/payments/status?subscription_id=s-1"));
    CHECK(paid["payment_id"] == "s-1~0~1");
    CHECK(paid["captured"] == 3800);
    CHECK(list("/subscriptions/renewals").size() == 1);
    CHECK(list("/plans?status=offered").size() == 1);

    auto again = subscription("s-2", "test_ok");
    again["user_id"] = "u-s-1";
    const auto refused = client->post("/subscriptions", again.dump());
    CHECK(refused.status == 422);
    CHECK(read(refused)["code"] == "subscription/already_subscribed");
  }
  TEST_CASE_FIXTURE(Subscribers, "one whose card is declined is paid by another") {
    REQUIRE(subscribe("s-1", "test_decline").status == 201);
    REQUIRE(support::eventually([&] { return !row("s-1")["payment_failure"].is_null(); }));
    CHECK(row("s-1")["status"] == "pending");
    CHECK(list("/entitlements?user_id=u-s-1").empty());
    const json by_another{{"period_index", 0}, {"payment_method", "test_ok"}};
    REQUIRE(client->post("/subscriptions/s-1/pay", by_another.dump()).status == 200);
    REQUIRE(becomes("s-1", "active"));
    const auto twice = client->post("/subscriptions/s-1/pay", by_another.dump());
    CHECK(read(twice)["code"] == "subscription/period_already_renewed");
  }
}
