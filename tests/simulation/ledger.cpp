#include "tests/simulation/ledger.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace simulation {
namespace {

using namespace inventory;

std::string stream(const schemas::Id<"StockItem">& id) {
  return "inventory/StockItem/" + id.text();
}
std::string stream(const schemas::Id<"Transfer">& id) { return "inventory/Transfer/" + id.text(); }

Due no(std::string code, std::string by) {
  return {.refusal = std::move(code), .refused_by = std::move(by)};
}
Due yes(Effect effect) { return {.effects = {std::move(effect)}}; }

schemas::Id<"Reservation"> hold_of(const schemas::Id<"Transfer">& id, std::size_t line) {
  return schemas::Id<"Reservation">{fmt::format("{}~{}", id.text(), line)};
}

}  // namespace

std::int64_t Ledger::Item::available() const {
  auto left = on_hand;
  for (const auto& [id, hold] : holds) left -= hold.status == Status::ended ? 0 : hold.quantity;
  return left;
}

const Ledger::Item* Ledger::item(const schemas::Id<"StockItem">& id) const {
  const auto found = items_.find(stream(id));
  return found == items_.end() ? nullptr : &found->second;
}

const Ledger::Hold* Ledger::hold(
    const schemas::Id<"StockItem">& id, const schemas::Id<"Reservation">& hold) const {
  const auto* of = item(id);
  if (!of) return nullptr;
  const auto found = of->holds.find(hold.text());
  return found == of->holds.end() ? nullptr : &found->second;
}

std::uint64_t Ledger::version(const std::string& of) const {
  const auto found = versions_.find(of);
  return found == versions_.end() ? 0 : found->second;
}

Due Ledger::due(const Asked& asked, Time now) const {
  return std::visit([&](const auto& command) { return on(command, now); }, asked);
}

Due Ledger::on(const CreateStockItem& command, Time) const {
  const auto at = stream(command.inventory_id);
  if (item(command.inventory_id)) return no("inventory/already_exists", at);
  return yes({at, "StockItemCreated"});
}

Due Ledger::on(const ReceiveStock& command, Time) const {
  const auto at = stream(command.inventory_id);
  if (!item(command.inventory_id)) return no("not_found", at);
  if (command.quantity < 1) return no("inventory/quantity_invalid", at);
  return yes({at, "StockReceived", "", command.quantity});
}

Due Ledger::on(const AdjustStock& command, Time) const {
  const auto at = stream(command.inventory_id);
  const auto* of = item(command.inventory_id);
  if (!of) return no("not_found", at);
  if (command.delta == 0) return {};
  if (of->on_hand + command.delta < 0) return no("inventory/would_go_negative", at);
  return yes({at, "StockAdjusted", "", command.delta});
}

Due Ledger::on(const ReserveStock& command, Time now) const {
  const auto at = stream(command.inventory_id);
  const auto* of = item(command.inventory_id);
  if (!of) return no("not_found", at);
  if (const auto* known = hold(command.inventory_id, command.reservation_id)) {
    if (known->status == Status::ended) return no("inventory/reservation_closed", at);
    const bool same_order = !command.order_id || command.order_id == known->order;
    if (command.quantity == known->quantity && same_order) return {};
    return no("inventory/already_exists", at);
  }
  if (command.quantity > 0 && command.quantity > of->available()) {
    auto refused = no("inventory/insufficient_stock", at);
    refused.available = std::max<std::int64_t>(of->available(), 0);
    return refused;
  }
  if (command.quantity < 1) return no("inventory/quantity_out_of_range", at);
  const auto until = now + std::chrono::seconds{command.ttl_seconds.value_or(900)};
  return yes(
      {at,
       "StockReserved",
       command.reservation_id.text(),
       command.quantity,
       command.order_id,
       until});
}

Due Ledger::on(const CommitReservation& command, Time now) const {
  const auto at = stream(command.inventory_id);
  const auto* known = hold(command.inventory_id, command.reservation_id);
  if (!known) return no("not_found", at);
  if (known->status == Status::committed && command.order_id == known->order) return {};
  if (known->status != Status::held) return no("inventory/reservation_closed", at);
  if (known->expires <= now) return no("inventory/reservation_expired", at);
  return yes({at, "ReservationCommitted", command.reservation_id.text(), 0, command.order_id});
}

Due Ledger::on(const ReleaseReservation& command, Time) const {
  const auto at = stream(command.inventory_id);
  const auto* known = hold(command.inventory_id, command.reservation_id);
  if (!known) return no("not_found", at);
  if (known->status == Status::ended) return {};
  return yes({at, "ReservationReleased", command.reservation_id.text(), known->quantity});
}

Due Ledger::on(const ExpireReservation& command, Time now) const {
  const auto at = stream(command.inventory_id);
  const auto* known = hold(command.inventory_id, command.reservation_id);
  if (!known) return no("not_found", at);
  if (known->status != Status::held) return {};
  if (now < known->expires) return no("too_early", at);
  return yes({at, "ReservationExpired", command.reservation_id.text(), known->quantity});
}

Due Ledger::on(const ShipReserved& command, Time) const {
  const auto at = stream(command.inventory_id);
  const auto* known = hold(command.inventory_id, command.reservation_id);
  if (!known) return no("not_found", at);
  if (known->status != Status::committed) return no("inventory/not_committed", at);
  if (command.quantity < 1 || command.quantity > known->quantity)
    return no("inventory/quantity_out_of_range", at);
  const auto there = item(command.inventory_id)->on_hand;
  if (command.quantity > there) {
    auto refused = no("inventory/insufficient_stock", at);
    refused.available = there;
    return refused;
  }
  return yes({at, "StockDeducted", command.reservation_id.text(), command.quantity});
}

Due Ledger::on(const StartStockTransfer& command, Time now) const {
  const auto at = stream(command.transfer_id);
  if (moves_.contains(at)) return no("inventory/transfer_closed", at);
  if (command.lines.empty()) return no("inventory/quantity_invalid", at);
  std::vector<Asked> steps;
  for (std::size_t i = 0; i < command.lines.size(); ++i) {
    const auto& line = command.lines[i];
    if (line.quantity < 1) return no("inventory/quantity_invalid", at);
    const auto hold = hold_of(command.transfer_id, i);
    steps.emplace_back(ReserveStock{
        .inventory_id = line.from_inventory_id, .reservation_id = hold, .quantity = line.quantity});
    steps.emplace_back(
        CommitReservation{.inventory_id = line.from_inventory_id, .reservation_id = hold});
  }
  return all({.stream = at, .type = "StockTransferStarted", .lines = command.lines}, steps, now);
}

Due Ledger::on(const CompleteStockTransfer& command, Time now) const {
  const auto at = stream(command.transfer_id);
  const auto found = moves_.find(at);
  if (found == moves_.end()) return no("not_found", at);
  const auto& [stage, lines] = found->second;
  if (stage == Move::Stage::completed) return {};
  if (stage == Move::Stage::cancelled) return no("inventory/transfer_closed", at);
  std::vector<Asked> steps;
  for (std::size_t i = 0; i < lines.size(); ++i) {
    steps.emplace_back(ShipReserved{
        .inventory_id = lines[i].from_inventory_id,
        .reservation_id = hold_of(command.transfer_id, i),
        .quantity = lines[i].quantity});
    steps.emplace_back(
        ReceiveStock{.inventory_id = lines[i].to_inventory_id, .quantity = lines[i].quantity});
  }
  return all({.stream = at, .type = "StockTransferCompleted"}, steps, now);
}

Due Ledger::on(const CancelStockTransfer& command, Time now) const {
  const auto at = stream(command.transfer_id);
  const auto found = moves_.find(at);
  if (found == moves_.end()) return no("not_found", at);
  const auto& [stage, lines] = found->second;
  if (stage == Move::Stage::cancelled) return {};
  if (stage == Move::Stage::completed) return no("inventory/transfer_closed", at);
  std::vector<Asked> steps;
  for (std::size_t i = 0; i < lines.size(); ++i)
    steps.emplace_back(ReleaseReservation{
        .inventory_id = lines[i].from_inventory_id,
        .reservation_id = hold_of(command.transfer_id, i)});
  return all({.stream = at, .type = "StockTransferCancelled"}, steps, now);
}

Due Ledger::all(Effect first, const std::vector<Asked>& steps, Time now) const {
  Ledger trial = *this;
  Due whole = yes(std::move(first));
  for (const auto& step : steps) {
    auto next = trial.due(step, now);
    if (!next.refusal.empty()) return next;
    for (auto& effect : next.effects) {
      trial.take(effect);
      whole.effects.push_back(std::move(effect));
    }
  }
  return whole;
}

}  // namespace simulation
