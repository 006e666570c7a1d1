#include "gateways/http/payment/routes.hpp"

#include "gateways/http/payment/webhook.hpp"

namespace payment {

void routes(http::Routes& routes) {
  routes.command("POST", "/payments/initiate", "InitiatePayment");
  routes.command("POST", "/payments/{payment_id}/confirm", "RequestAuthorization");
  routes.command("POST", "/payments/{payment_id}/capture", "CapturePayment");
  routes.command("POST", "/payments/{payment_id}/cancel", "VoidPayment");
  routes.command("POST", "/payments/{payment_id}/refunds", "RequestRefund");
  routes.webhook(
      "/webhooks/gateway",
      {.command = "IngestGatewayEvent", .secret = "payment", .read = read_gateway_event});

  // Of an order's, a subscription's or a contract's payments the latest.
  routes.row(
      "/payments/status",
      {.view = "payments",
       .table = "payments",
       .row = "PaymentRow",
       .parameters = {
           {"payment_id"},
           {"order_id", "order_id+created_at"},
           {"subscription_id", "subscription_id+created_at"},
           {"contract_id", "contract_id+created_at"}}});
  routes.list(
      "/payments/{payment_id}/refunds",
      {.view = "payments", .table = "refunds", .row = "RefundRow", .sorts = {"created_at"}});
}

}  // namespace payment
