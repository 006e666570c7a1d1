#include "gateways/http/inventory/routes.hpp"

#include "projections/inventory/stock.hpp"

namespace inventory {

void routes(http::Routes& routes) {
  routes.command("POST", "/inventory/reserve/{inventory_id}", "ReserveStock");
  routes.command(
      "DELETE", "/inventory/reserve/{inventory_id}/{reservation_id}", "ReleaseReservation");
  for (const auto* method : {"POST", "PUT"})
    routes.one_of(
        method,
        "/inventory/update/{inventory_id}",
        {"ReceiveStock", "AdjustStock", "RecordStockCount"});
  routes.command("POST", "/inventory/locations", "RegisterLocation");
  routes.command("POST", "/inventory/transfers", "StartStockTransfer");
  routes.command("POST", "/inventory/transfers/{transfer_id}/complete", "CompleteStockTransfer");
  routes.command("POST", "/inventory/transfers/{transfer_id}/cancel", "CancelStockTransfer");

  // An id that no item has may be a product's: then its stock over all locations.
  routes.row(
      "/inventory/{id}",
      {.view = "stock",
       .table = "items",
       .row = "StockItemRow",
       .other_row = "ProductStockRow",
       .make_other = product_stock});
  routes.row(
      "/inventory/reserve/{inventory_id}/{reservation_id}",
      {.view = "stock", .table = "reservations", .row = "ReservationRow"});
  routes.row(
      "/inventory/transfers/{transfer_id}",
      {.view = "stock", .table = "transfers", .row = "TransferRow"});
  routes.list(
      "/inventory",
      {.view = "stock",
       .table = "items",
       .row = "StockItemRow",
       .filters = {"product_id", "location_id"}});
  // The items at or below the low threshold that was set for them.
  routes.list(
      "/inventory/alerts",
      {.view = "stock",
       .table = "items",
       .row = "StockItemRow",
       .among = "low",
       .filters = {"location_id"},
       .sorts = {"quantity_available"}});
  routes.list(
      "/inventory/transfers",
      {.view = "stock",
       .table = "transfers",
       .row = "TransferRow",
       .filters = {"status"},
       .sorts = {"-started_at"}});
  routes.list(
      "/inventory/locations", {.view = "stock", .table = "locations", .row = "LocationRow"});
}

}  // namespace inventory
