// The payment gateway, as the payment context needs it: a company outside that moves the money.
//
// Every request carries a key, under which the gateway does it at most once, however often it is
// asked. No answer in time is not a failure: what became of the request is then looked up by its
// key. fence() settles a request that the gateway never got: from then on it refuses the key, so
// that a message that was only late can move no money any more.
//
// Concurrency: any thread; `done` is called exactly once, from a thread of the gateway's, and must
// return quickly.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

namespace payment {

enum class GatewayOutcome : std::uint8_t {
  authorized,
  action_required,  // the customer must act at action_url first
  declined,         // final; `reason` says why
  captured,
  voided,  // released, or fenced before it took effect
  refunded,
  failed,     // a capture, void or refund that the gateway refused; `reason` says why
  not_found,  // to a look-up: the gateway never got a request with this key
  unknown,    // no answer that can be relied on
};

struct GatewayAnswer {
  GatewayOutcome outcome = GatewayOutcome::unknown;
  std::string gateway_ref;  // the gateway's own id of the payment; empty when it has none
  std::string reason;
  std::string action_url;
};

struct Authorization {
  std::string key;
  std::string payment_id;   // ours; comes back in webhooks and statements
  std::int64_t amount = 0;  // minor units
  std::string currency_code;
  std::string payment_method;
  // Come back in webhooks, so that they are part of the same story.
  std::string correlation, causation;
};

class Gateway {
 public:
  using Done = std::function<void(GatewayAnswer)>;
  virtual ~Gateway() = default;

  virtual void authorize(Authorization request, Done done) = 0;
  virtual void capture(
      std::string key, std::string gateway_ref, std::int64_t amount, Done done) = 0;
  // Releases what was authorized under `authorization_key`, or fences that key when there is
  // nothing yet.
  virtual void release(std::string key, std::string authorization_key, Done done) = 0;
  virtual void refund(std::string key, std::string gateway_ref, std::int64_t amount, Done done) = 0;
  virtual void look_up(std::string key, Done done) = 0;
  virtual void fence(std::string key, Done done) = 0;
};

}  // namespace payment
