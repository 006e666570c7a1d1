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

constexpr std::uint64_t items = 3;

Item item(Random& random) { return Item{numbered("sku", random.below(items))}; }
TransferId transfer(Random& random) { return TransferId{numbered("t", random.below(6))}; }

// A hold and where it is; now and then it is not there, or a transfer made it.
std::pair<Item, Hold> hold(Random& random) {
  if (random.one_in(10))
    return {item(random), Hold{transfer(random).text() + '~' + std::to_string(random.below(2))}};
  const auto number = random.below(9);
  if (random.one_in(10)) return {item(random), Hold{numbered("r", number)}};
  return {Item{numbered("sku", number % items)}, Hold{numbered("r", number)}};
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
  const auto number = random.below(9);
  return ReserveStock{
      .inventory_id = Item{numbered("sku", number % items)},
      .reservation_id = Hold{numbered("r", number)},
      .quantity = random.between(0, 4),
      .order_id = order(random),
      .ttl_seconds = random.between(1, 8)};
}

Asked create(const Item& id) {
  return CreateStockItem{
      .inventory_id = id,
      .product_id = schemas::Id<"Product">{"p-1"},
      .location_id = schemas::Id<"Location">{"main"}};
}

Asked stock(Random& random) {
  switch (random.below(10)) {
    case 0:
      return create(item(random));
    case 1:
      return AdjustStock{
          .inventory_id = item(random), .delta = random.between(-5, 4), .reason = "broken"};
    default:
      return ReceiveStock{
          .inventory_id = item(random), .quantity = random.between(0, 30), .source_ref = "po-7"};
  }
}

Asked on_hold(Random& random) {
  const auto [at, id] = hold(random);
  switch (random.below(4)) {
    case 0:
      return CommitReservation{.inventory_id = at, .reservation_id = id, .order_id = order(random)};
    case 1:
      return ReleaseReservation{.inventory_id = at, .reservation_id = id};
    case 2:
      return ExpireReservation{.inventory_id = at, .reservation_id = id};
    default:
      return ShipReserved{
          .inventory_id = at, .reservation_id = id, .quantity = random.between(0, 3)};
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

std::vector<Asked> first_commands() {
  std::vector<Asked> first;
  for (std::uint64_t i = 0; i < items; ++i) {
    const Item id{numbered("sku", i)};
    first.push_back(create(id));
    first.emplace_back(ReceiveStock{.inventory_id = id, .quantity = 5, .source_ref = "po-1"});
  }
  return first;
}

Asked random_command(Random& random) {
  constexpr std::array kinds{
      &stock, &stock, &reserve, &reserve, &reserve, &on_hold, &on_hold, &move};
  return random.pick(kinds)(random);
}

std::string_view name_of(const Asked& asked) {
  return std::visit([](const auto& command) { return command.type_name; }, asked);
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
