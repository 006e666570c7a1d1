// Delivers the simulated gateway's webhooks: one after the other, as they are due, until the shop
// has taken each.
//
// Concurrency: wake() from any thread; all else on the loop's.
#pragma once

#include <boost/asio/steady_timer.hpp>
#include <functional>
#include <string>

#include "gateways/outbound/http_client.hpp"
#include "gateways/simulators/payment/bank.hpp"

namespace simulator {

class Postman {
 public:
  struct Options {
    outbound::Url to;
    std::string secret;  // that signs them
    const kernel::Clock& clock;
    std::function<void(const std::string&)> tell;  // of the first failure and of the end of it
  };

  Postman(outbound::Loop& loop, Bank& bank, Options options);
  ~Postman();
  Postman(const Postman&) = delete;
  Postman& operator=(const Postman&) = delete;

  void wake();

 private:
  void look();
  void deliver(const Webhook& webhook);
  void answered(const Webhook& webhook, const std::optional<outbound::HttpAnswer>& answer);

  outbound::Loop& loop_;
  Bank& bank_;
  Options options_;
  boost::asio::steady_timer due_;
  bool away_ = false;  // one webhook is on its way
  bool failing_ = false;
  bool stopped_ = false;
  outbound::HttpClient client_;  // ends first: its last answers come here
};

}  // namespace simulator
