#include "domain/fold/states.hpp"

#include "domain/inventory/location.hpp"
#include "domain/inventory/stock_item.hpp"
#include "domain/inventory/transfer.hpp"

namespace inventory {

void states(fold::States& states) {
  states.add<StockItemSchema, StockItem>();
  states.add<LocationSchema, Location>();
  states.add<TransferSchema, Transfer>();
}

}  // namespace inventory
