// A payment whose outcome only the gateway's webhook brings, through real processes.
#include <doctest/doctest.h>

#include <nlohmann/json.hpp>

#include "tests/e2e/deployment.hpp"

namespace {

using e2e::Client;
using nlohmann::json;

const json stock_item{{"inventory_id", "sku-1"}, {"product_id", "p-1"}, {"location_id", "main"}};
const json delivery{{"inventory_id", "sku-1"}, {"quantity", 10}, {"source_ref", "po-7"}};
const json line{
    {"order_item_id", "i-1"},
    {"product_id", "p-1"},
    {"inventory_id", "sku-1"},
    {"quantity", 2},
    {"unit_price", 1999}};
const json order{
    {"order_id", "o-1"},
    {"user_id", "u-1"},
    {"currency_code", "EUR"},
    {"payment_method", "test_webhook_only"},
    {"items", json::array({line})}};
// The first fact of this type of the order's payment; null while there is none.
json fact(Client& client, const std::string& type) {
  const auto answer = client.get("/streams/payment/PaymentIntent/o-1~1");
  const auto facts = json::parse(answer.body, nullptr, false);
  if (answer.status == 200)
    for (const auto& one : facts["items"])
      if (one["type"] == type) return one;
  return nullptr;
}

}  // namespace

TEST_SUITE("payment") {
  TEST_CASE("what only the gateway's webhook tells gets into the log by it") {
    e2e::Deployment deployment;
    deployment.start();
    Client client{deployment.port()};
    const auto post = [&](const std::string& path, const json& body) {
      const auto answer = client.post(path, body.dump());
      REQUIRE_MESSAGE(answer.status / 100 == 2, answer.body);
    };
    post("/commands/inventory/CreateStockItem", stock_item);
    post("/commands/inventory/ReceiveStock", delivery);
    post("/orders", order);
    REQUIRE(support::eventually([&] { return !fact(client, "PaymentAuthorized").is_null(); }));
    const auto authorized = fact(client, "PaymentAuthorized");
    CHECK(authorized["command"] == "IngestGatewayEvent");
    CHECK(authorized["actor"] == "webhook");
    CHECK(authorized["data"]["amount"] == 3998);
  }

  TEST_CASE("who does not have the secret is not believed") {
    e2e::Deployment deployment;
    deployment.start();
    const auto answer = Client{deployment.port()}.post("/webhooks/gateway", "{}");
    CHECK(json::parse(answer.body)["code"] == "payment/signature_invalid");
  }
}
