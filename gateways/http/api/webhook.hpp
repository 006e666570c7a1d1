// Webhooks on their way to the engine, as commands.
#pragma once

#include <string>

#include "gateways/http/api/commands.hpp"

namespace http {

// 200 says that the sender need not send the message again, whether it is the first of its id or a
// repeat; what the engine cannot take now is a 503, so that it does.
class WebhookEndpoint final : public Endpoint {
 public:
  // Without its secret every message is answered with a 503.
  WebhookEndpoint(const WebhookRoute& route, std::string secret, const Intake& intake);
  void handle(const Call& call, Reply reply) override;

 private:
  std::variant<engine::Command, Problem> read(const Request& request, Terms& terms) const;

  const Intake& intake_;
  WebhookRoute route_;
  std::string secret_;
};

}  // namespace http
