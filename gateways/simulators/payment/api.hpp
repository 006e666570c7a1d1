// What the simulated card gateway speaks over HTTP: docs/PAYMENT_SIMULATOR.md.
//
// Concurrency: as http::Application; late answers are given on the loop's thread.
#pragma once

#include <string>
#include <vector>

#include "gateways/http/router.hpp"
#include "gateways/http/server.hpp"
#include "gateways/http/vitals.hpp"
#include "gateways/outbound/loop.hpp"
#include "gateways/simulators/payment/bank.hpp"

namespace simulator {

class Api final : public http::Application {
 public:
  Api(Bank& bank, outbound::Loop& loop, const Script& script);

  void handle(const http::Request& request, http::Reply reply) override;
  std::unique_ptr<http::Lines> lines(const http::Request&) override { return nullptr; }

 private:
  struct Call;
  using Action = Answer (Api::*)(const Call&);

  Answer authorize(const Call& call);
  Answer capture(const Call& call);
  Answer void_payment(const Call& call);
  Answer refund(const Call& call);
  Answer complete_action(const Call& call);
  Answer look_up(const Call& call);
  Answer fence(const Call& call);
  Answer statement(const Call& call);

  // Gives the answer after `time`; without one the reply is dropped then.
  void later(
      std::chrono::milliseconds time, http::Reply reply, std::optional<http::Response> response);

  Bank& bank_;
  outbound::Loop& loop_;
  Script script_;
  http::Router router_;
  std::vector<Action> actions_;
  http::Vitals vitals_;
};

}  // namespace simulator
