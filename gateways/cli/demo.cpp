#include "gateways/cli/demo.hpp"

#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <sstream>
#include <stdexcept>

#include "gateways/cli/http_client.hpp"

namespace cli {
namespace {

using nlohmann::json;

// A fixed key for each line, so that a demo loaded halfway can be loaded again.
class Script {
 public:
  void add(const std::string& command, json body) {
    const auto id = fmt::format("demo-{}", ++count_);
    text_ +=
        json{{"context", "inventory"}, {"command", command}, {"id", id}, {"body", std::move(body)}}
            .dump() +
        '\n';
  }
  const std::string& text() const { return text_; }

 private:
  int count_ = 0;
  std::string text_;
};

// Ten products at two locations; sku-7 is nearly gone.
Script script() {
  Script demo;
  demo.add(
      "RegisterLocation",
      {{"location_id", "main"}, {"type", "warehouse"}, {"address", "1 Dock Road, Rotterdam"}});
  demo.add(
      "RegisterLocation",
      {{"location_id", "north"}, {"type", "store"}, {"address", "7 Market Square, Groningen"}});
  for (int i = 1; i <= 10; ++i) {
    const auto sku = fmt::format("sku-{}", i);
    demo.add(
        "CreateStockItem",
        {{"inventory_id", sku}, {"product_id", fmt::format("p-{}", i)}, {"location_id", "main"}});
    demo.add(
        "ReceiveStock",
        {{"inventory_id", sku}, {"quantity", i == 7 ? 6 : 10 * i}, {"source_ref", "po-7"}});
    demo.add(
        "SetThresholds",
        {{"inventory_id", sku}, {"safety_stock", 0}, {"low_threshold", 5}, {"backorder_limit", 0}});
  }
  demo.add(
      "CreateStockItem",
      {{"inventory_id", "sku-1-north"}, {"product_id", "p-1"}, {"location_id", "north"}});
  demo.add(
      "ReserveStock",
      {{"inventory_id", "sku-7"},
       {"reservation_id", "demo-r-1"},
       {"quantity", 2},
       {"order_id", "demo-o-1"}});
  demo.add(
      "CommitReservation",
      {{"inventory_id", "sku-7"}, {"reservation_id", "demo-r-1"}, {"order_id", "demo-o-1"}});
  const json line{
      {"from_inventory_id", "sku-1"}, {"to_inventory_id", "sku-1-north"}, {"quantity", 4}};
  demo.add(
      "StartStockTransfer",
      {{"transfer_id", "demo-t-1"},
       {"from_location_id", "main"},
       {"to_location_id", "north"},
       {"lines", {line}}});
  demo.add("CompleteStockTransfer", {{"transfer_id", "demo-t-1"}});
  return demo;
}

}  // namespace

void load_demo(std::uint16_t port) {
  const auto answer = post(port, "/commands", "application/x-ndjson", script().text());
  if (answer.status != 200)
    throw std::runtime_error(
        fmt::format("the demo was answered {}: {}", answer.status, answer.body));
  std::istringstream lines{answer.body};
  for (std::string line; std::getline(lines, line);)
    if (const auto read = json::parse(line, nullptr, false); read.value("status", 200) >= 400)
      throw std::runtime_error("the demo was refused: " + line);
}

}  // namespace cli
