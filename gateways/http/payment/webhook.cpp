#include "gateways/http/payment/webhook.hpp"

#include <algorithm>

#include "gateways/http/api/members.hpp"
#include "gateways/http/signature.hpp"
#include "schemas/json.hpp"

namespace payment {
namespace {

constexpr std::chrono::minutes tolerance{5};
constexpr std::size_t members_most = 64;

// What we gave with the payment (gateways/outbound/payment_gateway.cpp) comes back with what became
// of it.
void take_cause(std::string_view metadata, http::WebhookCommand& event) {
  for (const auto& [name, value] :
       http::members_of(metadata, members_most).value_or(std::vector<http::Member>{})) {
    if (name == "correlation_id") event.correlation = http::text_of(value).value_or("");
    if (name == "causation_id") event.causation = http::text_of(value).value_or("");
  }
}

}  // namespace

http::WebhookOutcome read_gateway_event(const http::WebhookMessage& message) {
  const auto& request = message.request;
  switch (http::check_signature(
      request.header("Gateway-Signature").value_or(""),
      message.secret,
      request.body,
      message.now,
      tolerance)) {
    case http::Signed::wrong:
      return http::Problem{.code = "payment/signature_invalid"};
    case http::Signed::too_long_ago:
      return http::Problem{.code = "payment/too_old"};
    case http::Signed::well:
      break;
  }
  const auto members = http::members_of(request.body, members_most);
  if (!members)
    return http::Problem{
        .code = "malformed", .detail = "The message is not a JSON object; send one."};
  http::WebhookCommand event;
  for (const auto& [name, value] : *members) {
    if (name == "event_id") event.id = http::text_of(value).value_or("");
    if (name == "metadata") take_cause(value, event);
    if (!message.command.field(name)) continue;
    event.body += event.body.empty() ? '{' : ',';
    schemas::write_text(event.body, name);
    event.body.append(":").append(value);
  }
  event.body += event.body.empty() ? "{}" : "}";
  return event;
}

}  // namespace payment
