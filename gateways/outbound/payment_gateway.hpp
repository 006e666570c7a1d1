// The payment gateway over HTTP (docs/PAYMENT_SIMULATOR.md says what is spoken).
//
// Only a clear answer is one: what came too late, half, from somebody in between, or is not
// understood is `unknown`.
//
// Concurrency and limits: as HttpClient's. Destroyed, it answers what is under way with `unknown`.
#pragma once

#include <chrono>
#include <memory>
#include <string>

#include "commands/payment/gateway.hpp"
#include "gateways/outbound/http_client.hpp"

namespace outbound {

class PaymentGateway final : public payment::Gateway {
 public:
  explicit PaymentGateway(HttpClient::Options options)
      : loop_{"payment gateway"}, client_{loop_, std::move(options)} {}

  void authorize(payment::Authorization request, Done done) override;
  void capture(std::string key, std::string gateway_ref, std::int64_t amount, Done done) override;
  void release(std::string key, std::string authorization_key, Done done) override;
  void refund(std::string key, std::string gateway_ref, std::int64_t amount, Done done) override;
  void look_up(std::string key, Done done) override;
  void fence(std::string key, Done done) override;

 private:
  Loop loop_;
  HttpClient client_;
};

}  // namespace outbound
