#include "gateways/http/ordering/routes.hpp"

namespace ordering {

void routes(http::Routes& routes) {
  routes.command("POST", "/orders", "PlaceOrder");
  routes.command("POST", "/orders/{order_id}/cancel", "CancelOrder");

  routes.row("/orders/{order_id}", {.view = "orders", .table = "orders", .row = "OrderRow"});
}

}  // namespace ordering
