#include "gateways/cli/demo.hpp"

#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <sstream>
#include <stdexcept>

#include "gateways/cli/http_client.hpp"

namespace cli {
namespace {

using nlohmann::json;

constexpr int products = 50;
constexpr int orders = 200;
constexpr int customers = 40;
constexpr int nearly_gone = 7;  // the product of which few are left

// A fixed key for each line, so that a demo loaded halfway can be loaded again.
class Script {
 public:
  void add(const std::string& context, const std::string& command, json body) {
    const auto id = fmt::format("demo-{}", ++count_);
    text_ += json{{"context", context}, {"command", command}, {"id", id}, {"body", std::move(body)}}
                 .dump() +
             '\n';
  }
  const std::string& text() const { return text_; }

 private:
  int count_ = 0;
  std::string text_;
};

// Two places, and the shelves of one of them full.
void add_stock(Script& demo) {
  const std::string here = "inventory";
  demo.add(
      here,
      "RegisterLocation",
      {{"location_id", "main"}, {"type", "warehouse"}, {"address", "1 Dock Road, Rotterdam"}});
  demo.add(
      here,
      "RegisterLocation",
      {{"location_id", "north"}, {"type", "store"}, {"address", "7 Market Square, Groningen"}});
  for (int i = 1; i <= products; ++i) {
    const auto sku = fmt::format("sku-{}", i);
    demo.add(
        here,
        "CreateStockItem",
        {{"inventory_id", sku}, {"product_id", fmt::format("p-{}", i)}, {"location_id", "main"}});
    demo.add(
        here,
        "ReceiveStock",
        {{"inventory_id", sku}, {"quantity", i == nearly_gone ? 6 : 100}, {"source_ref", "po-7"}});
    demo.add(
        here,
        "SetThresholds",
        {{"inventory_id", sku}, {"safety_stock", 0}, {"low_threshold", 5}, {"backorder_limit", 0}});
  }
  demo.add(
      here,
      "CreateStockItem",
      {{"inventory_id", "sku-1-north"}, {"product_id", "p-1"}, {"location_id", "north"}});
  const json line{
      {"from_inventory_id", "sku-1"}, {"to_inventory_id", "sku-1-north"}, {"quantity", 4}};
  demo.add(
      here,
      "StartStockTransfer",
      {{"transfer_id", "demo-t-1"},
       {"from_location_id", "main"},
       {"to_location_id", "north"},
       {"lines", {line}}});
  demo.add(here, "CompleteStockTransfer", {{"transfer_id", "demo-t-1"}});
}

// Most cards are good; some are declined; of some payments the gateway's answer gets lost, and of a
// few the question.
const char* payment_method(int order) {
  if (order % 67 == 0) return "test_timeout_lost";
  if (order % 40 == 0) return "test_timeout_then_ok";
  if (order % 12 == 0) return "test_decline";
  return "test_ok";
}

// The orders of a week: one to three lines each, the same every time.
void add_orders(Script& demo) {
  for (int i = 1; i <= orders; ++i) {
    auto items = json::array();
    for (int line = 0; line <= i % 3; ++line) {
      const int product = (i * 7 + line * 11) % products + 1;
      if (product == nearly_gone) continue;
      items.push_back(
          {{"order_item_id", fmt::format("demo-i-{}-{}", i, line + 1)},
           {"product_id", fmt::format("p-{}", product)},
           {"inventory_id", fmt::format("sku-{}", product)},
           {"quantity", (i + line) % 3 + 1},
           {"unit_price", 499 + 250 * (product % 20)}});
    }
    if (items.empty()) continue;
    demo.add(
        "ordering",
        "PlaceOrder",
        {{"order_id", fmt::format("demo-o-{}", i)},
         {"user_id", fmt::format("u-{}", i % customers + 1)},
         {"currency_code", "EUR"},
         {"payment_method", payment_method(i)},
         {"items", std::move(items)}});
    if (i % 25 == 0)
      demo.add(
          "ordering",
          "CancelOrder",
          {{"order_id", fmt::format("demo-o-{}", i)}, {"reason", "changed my mind"}});
  }
}

}  // namespace

void load_demo(std::uint16_t port, Payments payments) {
  Script demo;
  add_stock(demo);
  if (payments == Payments::simulated) add_orders(demo);
  const auto answer = post(port, "/commands", "application/x-ndjson", demo.text());
  if (answer.status != 200)
    throw std::runtime_error(
        fmt::format("the demo was answered {}: {}", answer.status, answer.body));
  std::istringstream lines{answer.body};
  for (std::string line; std::getline(lines, line);)
    if (const auto read = json::parse(line, nullptr, false); read.value("status", 200) >= 400)
      throw std::runtime_error("the demo was refused: " + line);
}

}  // namespace cli
