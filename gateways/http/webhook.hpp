// Webhooks: what other companies' systems post here when something happened there. A context
// declares where, and how a message of theirs becomes a command of its own.
#pragma once

#include <chrono>
#include <string>
#include <string_view>
#include <variant>

#include "gateways/http/message.hpp"
#include "gateways/http/problem.hpp"

namespace schemas {
struct Table;
}

namespace http {

struct WebhookMessage {
  const Request& request;         // its body's bytes are as the sender signed them
  std::string_view secret;        // that the sender signs with
  const schemas::Table& command;  // that it is to become
  std::chrono::system_clock::time_point now;
};

struct WebhookCommand {
  std::string id;  // the sender's own of the message: it takes effect once, however often it comes
  std::string body;  // of the command, in JSON
  // Of what it is the outcome of, where the sender gives it back: as commits have them.
  std::string correlation, causation;
};

// A problem when the message is not the sender's, or is none.
using WebhookOutcome = std::variant<WebhookCommand, Problem>;

struct Webhook {
  std::string command;  // "IngestGatewayEvent"
  std::string secret;   // its name in the gateway's configuration, "payment"
  // Called on the server's threads.
  WebhookOutcome (*read)(const WebhookMessage&) = nullptr;
};

}  // namespace http
