#include "commands/inventory/transfer.hpp"

#include <algorithm>

#include "domain/kernel/match.hpp"

namespace inventory {
namespace {

using kernel::match;
using kernel::nothing;
using Decision = TransferDecider::Decision;

// The reservation that holds a line's units at their source.
schemas::Id<"Reservation"> hold_of(const schemas::Id<"Transfer">& transfer, std::size_t line) {
  return schemas::Id<"Reservation">{transfer.text() + '~' + std::to_string(line)};
}

// One or more steps for each line of a transfer that is under way.
template <class ForLine>
std::vector<engine::Step> for_each_line(
    const std::vector<TransferLine>& lines, ForLine&& for_line) {
  std::vector<engine::Step> steps;
  for (std::size_t i = 0; i < lines.size(); ++i) for_line(steps, lines[i], i);
  return steps;
}

const std::vector<TransferLine>& lines_of(const Transfer& transfer) {
  static const std::vector<TransferLine> none;
  const auto* moving = std::get_if<Moving>(&transfer.state);
  return moving ? moving->lines : none;
}

}  // namespace

Decision decide(const Transfer& transfer, const StartStockTransfer& command) {
  if (!std::holds_alternative<Unknown>(transfer.state)) return Rejection::transfer_closed;
  const bool moves =
      std::ranges::all_of(command.lines, [](const auto& line) { return line.quantity >= 1; });
  if (command.lines.empty() || !moves) return Rejection::quantity_invalid;
  return StockTransferStarted{
      .from_location_id = command.from_location_id,
      .to_location_id = command.to_location_id,
      .lines = command.lines};
}

Decision decide(const Transfer& transfer, const CompleteStockTransfer&) {
  return match<Decision>(transfer.state)(
      [](const Unknown&) { return Rejection::not_found; },
      [](const Moving&) { return StockTransferCompleted{}; },
      [](const Ended& ended) -> Decision {
        if (ended.how == TransferStatus::completed) return nothing;
        return Rejection::transfer_closed;
      });
}

Decision decide(const Transfer& transfer, const CancelStockTransfer& command) {
  return match<Decision>(transfer.state)(
      [](const Unknown&) { return Rejection::not_found; },
      [&](const Moving&) { return StockTransferCancelled{.reason = command.reason}; },
      [](const Ended& ended) -> Decision {
        if (ended.how == TransferStatus::cancelled) return nothing;
        return Rejection::transfer_closed;
      });
}

// Reserved and committed at once: goods that have left a shelf do not come back by themselves.
std::vector<engine::Step> together(const Transfer&, const StartStockTransfer& command) {
  return for_each_line(command.lines, [&](auto& steps, const TransferLine& line, std::size_t i) {
    const auto hold = hold_of(command.transfer_id, i);
    steps.push_back(engine::step(ReserveStock{
        .inventory_id = line.from_inventory_id,
        .reservation_id = hold,
        .quantity = line.quantity}));
    steps.push_back(engine::step(
        CommitReservation{.inventory_id = line.from_inventory_id, .reservation_id = hold}));
  });
}

std::vector<engine::Step> together(const Transfer& transfer, const CompleteStockTransfer& command) {
  return for_each_line(
      lines_of(transfer), [&](auto& steps, const TransferLine& line, std::size_t i) {
        steps.push_back(engine::step(ShipReserved{
            .inventory_id = line.from_inventory_id,
            .reservation_id = hold_of(command.transfer_id, i),
            .quantity = line.quantity}));
        steps.push_back(engine::step(ReceiveStock{
            .inventory_id = line.to_inventory_id,
            .quantity = line.quantity,
            .source_ref = command.transfer_id.text()}));
      });
}

std::vector<engine::Step> together(const Transfer& transfer, const CancelStockTransfer& command) {
  return for_each_line(
      lines_of(transfer), [&](auto& steps, const TransferLine& line, std::size_t i) {
        steps.push_back(engine::step(ReleaseReservation{
            .inventory_id = line.from_inventory_id,
            .reservation_id = hold_of(command.transfer_id, i),
            .reason = command.reason}));
      });
}

}  // namespace inventory
