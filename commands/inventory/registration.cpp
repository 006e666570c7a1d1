#include "commands/effects/effects.hpp"
#include "commands/engine/aggregate_of.hpp"
#include "commands/engine/registry.hpp"
#include "commands/inventory/hold_expiry.hpp"
#include "commands/inventory/location.hpp"
#include "commands/inventory/stock_item.hpp"
#include "commands/inventory/transfer.hpp"

namespace inventory {

void commands(engine::Registry& registry) {
  engine::add<engine::AggregateOf<StockItemDecider>>(registry);
  engine::add<engine::AggregateOf<LocationDecider>>(registry);
  engine::add<engine::AggregateOf<TransferDecider>>(registry);
}

void flows(std::vector<::flows::FlowType>& all) { all.push_back(hold_expiry()); }

void effects(::effects::Registry&, const ::effects::Outside&) {}

}  // namespace inventory
