#include "tests/http/gateway.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <stdexcept>

#include "gateways/http/inventory/routes.hpp"
#include "gateways/http/payment/webhook.hpp"
#include "projections/inventory/stock.hpp"
#include "projections/views/store_reader.hpp"
#include "projections/views/view.hpp"
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

MemoryView::MemoryView() : reader_{views::make_reader(views::named("stock"), *this)} {
  stand_at(kernel::Position{incarnation, 7});
}

void MemoryView::stand_at(std::optional<kernel::Position> position) {
  construct::Cursor cursor{.hash = {std::string(32, '\0')}};
  if (position) {
    cursor.next_commit = position->commit + 1;
    cursor.incarnation = position->incarnation;
  }
  std::vector<std::function<void(bool)>> due;
  {
    const std::lock_guard lock{mutex_};
    store_.write({{fold::cursor_family, "cursor", encode(cursor)}});
    next_ = cursor.next_commit;
    std::erase_if(waiting_, [&](auto& waiter) {
      if (waiter.first >= next_) return false;
      due.push_back(std::move(waiter.second));
      return true;
    });
  }
  for (const auto& then : due) then(true);
}

void MemoryView::when(
    kernel::CommitNumber wanted,
    std::chrono::milliseconds patience,
    std::function<void(bool)> then) {
  if (wait) return wait(wanted, patience, std::move(then));
  {
    const std::lock_guard lock{mutex_};
    if (wanted >= next_) return void(waiting_.emplace_back(wanted, std::move(then)));
  }
  then(true);
}

void MemoryView::put(const std::string& table, const views::Row& row) {
  write(table, row.key, views::to_stored(row.version, row.position, row.bytes));
}

void MemoryView::erase(const std::string& table, const std::string& key) {
  write(table, key, std::nullopt);
}

void MemoryView::set_aside(const std::string& key) {
  change([&](views::Quarantine& quarantine) { quarantine.begin(key, {}, "it cannot be shown"); });
}

void MemoryView::resume(const std::string& key) {
  change([&](views::Quarantine& quarantine) { quarantine.release(key); });
}

void MemoryView::change(const std::function<void(views::Quarantine&)>& change) {
  const std::lock_guard lock{mutex_};
  views::Quarantine quarantine{views::named("stock"), store_};
  change(quarantine);
  fold::Batch batch;
  quarantine.flush(batch);
  store_.write(batch);
}

void MemoryView::damage(const std::string& table, const std::string& key) {
  const std::lock_guard lock{mutex_};
  store_.write(
      {{views::family(views::named("stock"), table), key, views::to_stored(1, 1, "not a row")}});
}

void MemoryView::write(
    const std::string& table, const std::string& key, std::optional<std::string> stored) {
  const auto& type = views::named("stock");
  const auto of = std::ranges::find(type.tables, table, &views::TableType::name);
  const auto at = views::family(type, table);
  fold::Batch batch;
  const auto add_entries = [&](const std::string& row, const std::optional<std::string>& value) {
    const auto entries = of->entries(key, views::from_stored(key, row).bytes);
    for (std::size_t i = 0; i < entries.size(); ++i)
      for (const auto& entry : entries[i]) batch.push_back({at + 1 + i, entry, value});
  };
  const std::lock_guard lock{mutex_};
  if (const auto before = store_.get(at, key)) add_entries(*before, std::nullopt);
  if (stored) add_entries(*stored, "");
  batch.push_back({at, key, std::move(stored)});
  store_.write(batch);
}

void MemoryView::read(const std::function<void(const views::Moment&)>& query) {
  if (broken) throw std::runtime_error("the disk is gone");
  reader_->read(query);
}

void MemoryView::read(const std::function<void(const fold::Reads&)>& use) {
  const std::lock_guard lock{mutex_};
  use(store_);
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
        "/locations/{location_id}/items",
        {.view = "stock", .table = "items", .row = "StockItemRow", .filters = {"product_id"}});
    declared.row(
        "/item",
        {.view = "stock",
         .table = "items",
         .row = "StockItemRow",
         .parameters = {{"inventory_id"}, {"product_id", "product_id+location_id"}}});
    declared.row(
        "/products/{product_id}/stock",
        {.view = "stock", .row = "ProductStockRow", .make = inventory::product_stock});
    for (const auto* secret : {"test", "unconfigured"})
      declared.webhook(
          fmt::format("/webhooks/{}", secret),
          {.command = "ReceiveStock", .secret = secret, .read = &payment::read_gateway_event});
    return declared;
  }();
  return routes;
}

Gateway::Gateway(std::string view_version, http::LiveLimits live) {
  const auto cors = http::Cors::parse(cors_origins).value();
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
          },
      .live = live,
      .cors = cors};
  api_ = std::make_unique<http::Api>(dependencies, test_routes());
  server_ = std::make_unique<http::Server>(
      *api_, http::ServerOptions{.port = 0, .cors = cors, .log = dependencies.log});
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

views::Row transfer_row(
    const std::string& transfer_id, inventory::TransferStatus status, int started_at_s) {
  const inventory::TransferRow row{
      .transfer_id = schemas::Id<"Transfer">{transfer_id},
      .from_location_id = schemas::Id<"Location">{"main"},
      .to_location_id = schemas::Id<"Location">{"north"},
      .status = status,
      .started_at = schemas::Time{std::chrono::seconds{started_at_s}}};
  return {transfer_id, 1, 1, encode(row)};
}

}  // namespace http_test
