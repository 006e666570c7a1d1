// The commands that simulated clients send, on a handful of aggregates so that they get in each
// other's way.
#pragma once

#include <string>
#include <variant>
#include <vector>

#include "schemas/inventory.hpp"
#include "tests/simulation/random.hpp"

namespace simulation {

using Asked = std::variant<
    inventory::CreateStockItem,
    inventory::ReceiveStock,
    inventory::AdjustStock,
    inventory::ReserveStock,
    inventory::CommitReservation,
    inventory::ReleaseReservation,
    inventory::ExpireReservation,
    inventory::ShipReserved,
    inventory::StartStockTransfer,
    inventory::CompleteStockTransfer,
    inventory::CancelStockTransfer>;

// That there be something to quarrel about.
std::vector<Asked> first_commands();
Asked random_command(Random& random);

std::string_view name_of(const Asked& asked);
std::string encoded(const Asked& asked);
// "inventory/StockItem/sku-1"
std::string stream_of(const Asked& asked);

}  // namespace simulation
