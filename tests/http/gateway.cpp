#include "tests/http/gateway.hpp"

#include <fmt/format.h>

#include <stdexcept>

#include "gateways/http/inventory/routes.hpp"
#include "gateways/http/payment/webhook.hpp"
#include "schemas/inventory.hpp"

namespace http_test {

void ScriptedEngine::submit(engine::Command command, engine::Reply reply) {
  {
    const std::lock_guard lock{mutex_};
    commands_.push_back(command);
  }
  if (take)
    take(std::move(command), std::move(reply));
  else
    reply(decide(command));
}

std::vector<engine::Command> ScriptedEngine::commands() const {
  const std::lock_guard lock{mutex_};
  return commands_;
}

void MemoryView::list(
    const std::string& table, const std::string& index, std::string value, const std::string& key) {
  indexes_[table + '.' + index][value.append(1, '\0').append(key)] = key;
}

void MemoryView::read(const std::function<void(const views::Moment&)>& query) {
  if (broken) throw std::runtime_error("the disk is gone");
  query(*this);
}

std::optional<views::Row> MemoryView::get(std::string_view table, std::string_view key) const {
  const auto rows = tables_.find(table);
  if (rows == tables_.end()) return std::nullopt;
  const auto row = rows->second.find(std::string{key});
  return row == rows->second.end() ? std::nullopt : std::optional{row->second};
}

std::vector<views::Row> MemoryView::scan(
    std::string_view table,
    std::string_view prefix,
    std::string_view after,
    std::size_t limit) const {
  std::vector<views::Row> found;
  const auto rows = tables_.find(table);
  if (rows == tables_.end()) return found;
  for (const auto& [key, row] : rows->second)
    if (key.starts_with(prefix) && key > after && found.size() < limit) found.push_back(row);
  return found;
}

std::vector<views::Entry> MemoryView::scan_index(
    std::string_view table,
    std::string_view index,
    std::string_view prefix,
    std::string_view after,
    std::size_t limit) const {
  std::vector<views::Entry> found;
  const auto entries = indexes_.find(std::string{table} + '.' + std::string{index});
  if (entries == indexes_.end()) return found;
  for (const auto& [place, key] : entries->second)
    if (place.starts_with(prefix) && place > after && found.size() < limit)
      found.push_back({place, *get(table, key)});
  return found;
}

http::StreamPage MemoryStreams::read(
    std::string_view stream, std::uint64_t after, std::size_t limit) {
  if (broken) throw std::runtime_error("the disk is gone");
  http::StreamPage page{.position = kernel::Position{incarnation, 9}};
  const auto found = streams.find(stream);
  if (found == streams.end()) return page;
  for (const auto& fact : found->second)
    if (fact.version > after && page.facts.size() < limit) page.facts.push_back(fact);
  return page;
}

const http::Routes& test_routes() {
  static const http::Routes routes = [] {
    http::Routes declared{schemas::platform()};
    inventory::routes(declared);
    declared.list(
        "/items",
        {.view = "stock",
         .table = "items",
         .row = "StockItemRow",
         .filters = {{"product_id", "by_product"}, {"location_id", "by_location"}}});
    for (const auto* secret : {"test", "unconfigured"})
      declared.webhook(
          fmt::format("/webhooks/{}", secret),
          {.command = "ReceiveStock", .secret = secret, .read = &payment::read_gateway_event});
    return declared;
  }();
  return routes;
}

Gateway::Gateway(std::string view_version) {
  http::Dependencies dependencies{
      .engine = engine,
      .views = {{"stock", http::View{view, std::move(view_version)}}},
      .streams = streams,
      .flows = flows,
      .digest_key = "a key for the tests only",
      .webhook_secrets = {{"test", webhook_secret}},
      .incarnation = [this] { return log_incarnation; },
      .not_ready = [this] { return not_ready; },
      .now = [] { return std::chrono::system_clock::time_point{now}; },
      .more_metrics = [](std::string& out) { out += "construct_more 1\n"; },
      .log =
          [this](std::string_view line) {
            const std::lock_guard lock{mutex_};
            log_.emplace_back(line);
          }};
  api_ = std::make_unique<http::Api>(dependencies, test_routes());
  server_ = std::make_unique<http::Server>(
      *api_, http::ServerOptions{.port = 0, .log = dependencies.log});
}

std::vector<std::string> Gateway::log() const {
  const std::lock_guard lock{mutex_};
  return log_;
}

views::Row item_row(
    const std::string& inventory_id,
    std::int64_t available,
    std::uint64_t version,
    kernel::CommitNumber position) {
  const inventory::StockItemRow row{
      .inventory_id = schemas::Id<"StockItem">{inventory_id},
      .product_id = schemas::Id<"Product">{"p-1"},
      .location_id = schemas::Id<"Location">{"main"},
      .quantity_available = available,
      .quantity_on_hand = available};
  return {inventory_id, version, position, encode(row)};
}

views::Row location_row(const std::string& location_id) {
  const inventory::LocationRow row{
      .location_id = schemas::Id<"Location">{location_id}, .address = "1 Dock Road"};
  return {location_id, 1, 1, encode(row)};
}

}  // namespace http_test
