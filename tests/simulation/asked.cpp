#include "tests/simulation/asked.hpp"

#include <array>

#include "commands/engine/attempt.hpp"

namespace simulation {
namespace {

using namespace inventory;
using Item = schemas::Id<"StockItem">;
using Hold = schemas::Id<"Reservation">;
using Order = schemas::Id<"Order">;
using TransferId = schemas::Id<"Transfer">;

std::string numbered(std::string_view kind, std::uint64_t number) {
  return std::string{kind} + '-' + std::to_string(number);
}

Item item(Random& random) { return Item{numbered("sku", random.below(4))}; }
TransferId transfer(Random& random) { return TransferId{numbered("t", random.below(6))}; }

// Now and then one that a transfer made.
Hold hold(Random& random) {
  if (random.one_in(20))
    return Hold{transfer(random).text() + '~' + std::to_string(random.below(2))};
  return Hold{numbered("r", random.below(12))};
}

std::optional<Order> order(Random& random) {
  if (random.one_in(3)) return std::nullopt;
  return Order{numbered("o", random.below(3))};
}

std::vector<TransferLine> lines(Random& random) {
  std::vector<TransferLine> all(random.below(4));
  for (auto& line : all)
    line = {
        .from_inventory_id = item(random),
        .to_inventory_id = item(random),
        .quantity = random.between(0, 3)};
  return all;
}

Asked reserve(Random& random) {
  return ReserveStock{
      .inventory_id = item(random),
      .reservation_id = Hold{numbered("r", random.below(12))},
      .quantity = random.between(0, 4),
      .order_id = order(random),
      .ttl_seconds = random.between(1, 8)};
}

Asked stock(Random& random) {
  switch (random.below(6)) {
    case 0:
      return CreateStockItem{
          .inventory_id = item(random),
          .product_id = schemas::Id<"Product">{"p-1"},
          .location_id = schemas::Id<"Location">{"main"}};
    case 1:
      return AdjustStock{
          .inventory_id = item(random), .delta = random.between(-5, 4), .reason = "broken"};
    default:
      return ReceiveStock{
          .inventory_id = item(random), .quantity = random.between(0, 6), .source_ref = "po-7"};
  }
}

Asked on_hold(Random& random) {
  switch (random.below(4)) {
    case 0:
      return CommitReservation{
          .inventory_id = item(random), .reservation_id = hold(random), .order_id = order(random)};
    case 1:
      return ReleaseReservation{.inventory_id = item(random), .reservation_id = hold(random)};
    case 2:
      return ExpireReservation{.inventory_id = item(random), .reservation_id = hold(random)};
    default:
      return ShipReserved{
          .inventory_id = item(random),
          .reservation_id = hold(random),
          .quantity = random.between(0, 3)};
  }
}

Asked move(Random& random) {
  switch (random.below(5)) {
    case 0:
      return CompleteStockTransfer{.transfer_id = transfer(random)};
    case 1:
      return CancelStockTransfer{.transfer_id = transfer(random), .reason = "no lorry"};
    default:
      return StartStockTransfer{
          .transfer_id = transfer(random),
          .from_location_id = schemas::Id<"Location">{"main"},
          .to_location_id = schemas::Id<"Location">{"north"},
          .lines = lines(random)};
  }
}

}  // namespace

Asked random_command(Random& random) {
  constexpr std::array kinds{
      &stock, &stock, &reserve, &reserve, &reserve, &on_hold, &on_hold, &move};
  return random.pick(kinds)(random);
}

std::string_view name_of(const Asked& asked) {
  return std::visit([](const auto& command) { return command.name; }, asked);
}

std::string encoded(const Asked& asked) {
  return std::visit([](const auto& command) { return encode(command); }, asked);
}

std::string stream_of(const Asked& asked) {
  const auto& table = *schemas::platform().table(name_of(asked));
  const auto id = std::visit([](const auto& command) { return command.aggregate_id(); }, asked);
  return engine::stream_of(table, id);
}

}  // namespace simulation
