#include "gateways/http/ordering/routes.hpp"

namespace ordering {

void routes(http::Routes& routes) {
  routes.command("POST", "/orders", "PlaceOrder");
  routes.command("POST", "/orders/{order_id}/cancel", "CancelOrder");

  routes.row("/orders/{order_id}", {.view = "orders", .table = "orders", .row = "OrderRow"});
  routes.list(
      "/orders",
      {.view = "orders",
       .table = "orders",
       .row = "OrderRow",
       .filters = {"user_id", "status"},
       .sorts = {"-created_at"}});
  routes.list(
      "/orders/{order_id}/history",
      {.view = "orders", .table = "history", .row = "OrderStatusRow", .sorts = {"changed_at"}});
}

}  // namespace ordering
