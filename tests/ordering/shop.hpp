// A shop in memory, in which orders are placed and paid for.
#pragma once

#include "schemas/inventory.hpp"
#include "schemas/payment.hpp"
#include "tests/dsl/together.hpp"
#include "tests/ordering/values.hpp"

namespace ordering {

inline const payment::InitiatePayment initiate{
    .payment_id = p1,
    .order_id = o1,
    .user_id = ann,
    .amount = 4498,
    .currency_code = "EUR",
    .payment_method = "test_ok"};

// Two stock items with ten units each.
struct Shop : dsl::Together {
  Shop() {
    for (const auto& id : {sku1, sku2}) {
      run(inventory::CreateStockItem{
          .inventory_id = id,
          .product_id = schemas::Id<"Product">{"p-1"},
          .location_id = schemas::Id<"Location">{"main"}});
      receive(id, 10);
    }
  }
  void receive(const schemas::Id<"StockItem">& id, std::int64_t quantity) {
    run(inventory::ReceiveStock{.inventory_id = id, .quantity = quantity, .source_ref = "po"});
  }
  dsl::Names reserve(const schemas::Id<"StockItem">& id, std::int64_t quantity, const char* name) {
    return run(inventory::ReserveStock{
        .inventory_id = id,
        .reservation_id = schemas::Id<"Reservation">{name},
        .quantity = quantity});
  }
  // What can still be reserved.
  std::int64_t available(const schemas::Id<"StockItem">& id) {
    REQUIRE(reserve(id, 1'000'000, "probe") == dsl::Names{"inventory/insufficient_stock"});
    return details().at(0).second;
  }
};

}  // namespace ordering
