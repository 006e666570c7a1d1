#include "gateways/http/payment/routes.hpp"

namespace payment {

void routes(http::Routes& routes) {
  routes.command("POST", "/payments/initiate", "InitiatePayment");
  routes.command("POST", "/payments/{payment_id}/confirm", "RequestAuthorization");
  routes.command("POST", "/payments/{payment_id}/capture", "CapturePayment");
  routes.command("POST", "/payments/{payment_id}/cancel", "VoidPayment");
  routes.command("POST", "/payments/{payment_id}/refunds", "RequestRefund");
}

}  // namespace payment
