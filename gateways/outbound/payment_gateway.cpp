#include "gateways/outbound/payment_gateway.hpp"

#include <fmt/format.h>

#include <array>
#include <nlohmann/json.hpp>

#include "gateways/http/target.hpp"

namespace outbound {
namespace {

using nlohmann::json;
using payment::GatewayAnswer;
using payment::GatewayOutcome;

constexpr std::array<std::pair<std::string_view, GatewayOutcome>, 8> statuses{{
    {"authorized", GatewayOutcome::authorized},
    {"action_required", GatewayOutcome::action_required},
    {"declined", GatewayOutcome::declined},
    {"captured", GatewayOutcome::captured},
    {"voided", GatewayOutcome::voided},
    {"fenced", GatewayOutcome::voided},
    {"refunded", GatewayOutcome::refunded},
    {"failed", GatewayOutcome::failed},
}};

std::string text_of(const json& object, const char* name) {
  const auto found = object.find(name);
  return found != object.end() && found->is_string() ? found->get<std::string>() : std::string{};
}

// What the gateway says became of a request. `pending` among others means: not known yet.
GatewayAnswer read_outcome(const json& body) {
  GatewayAnswer answer{
      .gateway_ref = text_of(body, "id"),
      .reason = text_of(body, "reason"),
      .action_url = text_of(body, "action_url")};
  const auto status = text_of(body, "status");
  for (const auto& [name, outcome] : statuses)
    if (name == status) answer.outcome = outcome;
  return answer;
}

// `refused`: what it means here that the gateway finds fault with the request itself. The codes are
// looked at as well as the statuses: those also come from whoever stands in between, and to take a
// proxy's 404 for the gateway's would charge a card twice.
GatewayAnswer read(const std::optional<HttpAnswer>& answer, GatewayOutcome refused) {
  if (!answer) return {.reason = "no_answer"};
  const auto body = json::parse(answer->body, nullptr, false);
  if (!body.is_object()) return {.reason = "not_understood"};
  if (answer->status == 200 || answer->status == 202) return read_outcome(body);
  const auto code = text_of(body, "error");
  if (answer->status == 409 && code == "fenced")
    return {.outcome = GatewayOutcome::voided, .reason = code};
  if (answer->status == 404 && code == "request_not_found")
    return {.outcome = GatewayOutcome::not_found};
  const bool clear = (answer->status == 400 || answer->status == 404 || answer->status == 422);
  return {
      .outcome = clear && !code.empty() ? refused : GatewayOutcome::unknown,
      .reason = code.empty() ? "not_understood" : code};
}

HttpClient::Done reading(payment::Gateway::Done done, GatewayOutcome refused) {
  return [done = std::move(done), refused](const std::optional<HttpAnswer>& answer) {
    done(read(answer, refused));
  };
}

HttpRequest post(std::string path, std::string key, const json& body) {
  return {
      .method = "POST",
      .path = std::move(path),
      .headers = {{"Idempotency-Key", std::move(key)}},
      .body = body.dump()};
}

std::string payment_path(std::string_view gateway_ref, std::string_view action) {
  return fmt::format("/v1/payments/{}/{}", http::encode_segment(gateway_ref), action);
}

std::string request_path(std::string_view key) {
  return fmt::format("/v1/requests/{}", http::encode_segment(key));
}

}  // namespace

void PaymentGateway::authorize(payment::Authorization request, Done done) {
  client_.ask(
      post(
          "/v1/payments",
          std::move(request.key),
          {{"amount", request.amount},
           {"currency", request.currency_code},
           {"method", request.payment_method},
           {"reference", request.payment_id},
           {"metadata",
            {{"correlation_id", request.correlation}, {"causation_id", request.causation}}}}),
      reading(std::move(done), GatewayOutcome::declined));
}

void PaymentGateway::capture(
    std::string key, std::string gateway_ref, std::int64_t amount, Done done) {
  client_.ask(
      post(
          payment_path(gateway_ref, "capture"), std::move(key), json::object({{"amount", amount}})),
      reading(std::move(done), GatewayOutcome::failed));
}

void PaymentGateway::refund(
    std::string key, std::string gateway_ref, std::int64_t amount, Done done) {
  client_.ask(
      post(
          payment_path(gateway_ref, "refunds"), std::move(key), json::object({{"amount", amount}})),
      reading(std::move(done), GatewayOutcome::failed));
}

void PaymentGateway::release(std::string key, std::string authorization_key, Done done) {
  fence(
      std::move(authorization_key),
      [this, key = std::move(key), done = std::move(done)](GatewayAnswer found) mutable {
        switch (found.outcome) {
          case GatewayOutcome::authorized:
            return client_.ask(
                post(payment_path(found.gateway_ref, "void"), std::move(key), json::object()),
                reading(std::move(done), GatewayOutcome::failed));
          case GatewayOutcome::declined:  // So nothing is held.
            found.outcome = GatewayOutcome::voided;
            break;
          case GatewayOutcome::voided:
          case GatewayOutcome::failed:
            break;
          default:
            found.outcome = GatewayOutcome::unknown;
        }
        done(std::move(found));
      });
}

void PaymentGateway::look_up(std::string key, Done done) {
  client_.ask(
      {.method = "GET", .path = request_path(key)},
      reading(std::move(done), GatewayOutcome::unknown));
}

void PaymentGateway::fence(std::string key, Done done) {
  client_.ask(
      {.method = "POST", .path = request_path(key) + "/fence"},
      reading(std::move(done), GatewayOutcome::unknown));
}

}  // namespace outbound
