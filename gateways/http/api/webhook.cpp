#include "gateways/http/api/webhook.hpp"

#include <fmt/format.h>

#include "domain/fold/names.hpp"

namespace http {
namespace {

// Whoever sends them, their messages' ids are keys of this client.
constexpr std::string_view sender = "webhook";

}  // namespace

WebhookEndpoint::WebhookEndpoint(
    const WebhookRoute& route, std::string secret, const Intake& intake)
    : Endpoint{"POST " + route.pattern},
      intake_{intake},
      route_{route},
      secret_{std::move(secret)} {}

std::variant<engine::Command, Problem> WebhookEndpoint::read(
    const Request& request, Terms& terms) const {
  if (secret_.empty())
    return Problem{
        .code = "unavailable",
        .detail = fmt::format(
            "The secret {} is not configured, so no message can be trusted; configure it.",
            route_.webhook.secret)};
  auto outcome = route_.webhook.read({request, secret_, *route_.command, intake_.now()});
  if (auto* problem = std::get_if<Problem>(&outcome)) return std::move(*problem);
  auto& message = std::get<WebhookCommand>(outcome);
  if (!is_key(message.id))
    return Problem{
        .code = "malformed",
        .detail = "The message has no id of 1 to 255 visible ASCII characters; send it with one."};
  terms.key = std::move(message.id);
  if (is_correlation(message.correlation)) terms.correlation = std::move(message.correlation);
  auto command = intake_.read(*route_.command, message.body, {}, terms);
  if (auto* read = std::get_if<engine::Command>(&command)) {
    read->client = read->actor = sender;
    if (fold::cause_of(message.causation)) read->causation = std::move(message.causation);
  }
  return command;
}

void WebhookEndpoint::handle(const Call& call, Reply reply) {
  Terms terms{.correlation = correlation_of(call.request, intake_.now())};
  auto command = read(call.request, terms);
  if (auto* problem = std::get_if<Problem>(&command))
    return reply(refuse(std::move(*problem), std::move(terms.correlation)));

  struct Pending {
    Reply reply;
    Terms terms;
    engine::Answer answer;
  };
  auto pending = std::make_shared<Pending>(std::move(reply), std::move(terms));
  intake_.engine.submit(
      std::get<engine::Command>(std::move(command)), [this, pending](engine::Answer answer) {
        pending->answer = std::move(answer);
        pending->reply.run([this, pending] {
          auto response = intake_.answers.to_response(pending->answer, pending->terms);
          if (std::holds_alternative<engine::Accepted>(pending->answer)) response.status = 200;
          pending->reply(std::move(response));
        });
      });
}

}  // namespace http
