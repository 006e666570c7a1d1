// A shop with its card gateway: the real simulator and the real client, over real sockets.
#pragma once

#include <memory>
#include <mutex>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "domain/kernel/clock.hpp"
#include "gateways/outbound/payment_gateway.hpp"
#include "gateways/simulators/payment/simulator.hpp"
#include "tests/http/scripted.hpp"
#include "tests/support/temporary.hpp"
#include "tests/support/wait.hpp"

namespace outbound_test {

using nlohmann::json;
using payment::GatewayAnswer;
using payment::GatewayOutcome;
using std::chrono::milliseconds;

inline constexpr const char* secret = "a secret of two companies";
inline constexpr milliseconds soon{50};       // what impatient clients wait
inline constexpr milliseconds ever{120'000};  // longer than any test

outbound::Url loopback(std::uint16_t port);

// A client whose answers can be waited for.
class Asking {
 public:
  Asking(std::uint16_t port, milliseconds time_out)
      : gateway_{{.base = loopback(port), .time_out = time_out}} {}

  GatewayAnswer authorize(
      const std::string& key, const std::string& method, std::int64_t amount = 3998);
  GatewayAnswer capture(const std::string& key, const std::string& ref, std::int64_t amount);
  GatewayAnswer refund(const std::string& key, const std::string& ref, std::int64_t amount);
  GatewayAnswer release(const std::string& key, const std::string& authorization_key);
  GatewayAnswer look_up(const std::string& key);
  GatewayAnswer fence(const std::string& key);

  payment::Gateway& gateway() { return gateway_; }

 private:
  outbound::PaymentGateway gateway_;
};

// Takes webhooks; those that are not signed well are answered with 401, and not kept.
class Mailbox {
 public:
  Mailbox();
  std::uint16_t port() const { return server_.port(); }
  // The first `count` events, once they are there.
  std::vector<json> wait(std::size_t count);
  // From now on the next `count` are answered with 503 and not kept.
  void refuse(int count);

 private:
  void take(const http::Request& request, http::Reply reply);

  http_test::Scripted application_;
  std::mutex mutex_;
  std::vector<json> events_;
  int refusals_ = 0;
  http::Server server_;
};

class Shop {
 public:
  explicit Shop(simulator::Script script = quick());
  // Nothing is late by less than a test's patience, or by more than it needs.
  static simulator::Script quick();

  // Ends the simulator and starts another one on the same store.
  void reopen();

  std::uint16_t port() const { return simulator_->port(); }
  // The simulator's own HTTP.
  json get(const std::string& path);
  json post(const std::string& path, const json& body, const std::string& key);
  unsigned status = 0;  // of the last get() or post()
  // Every line, in as many pages as it takes.
  std::vector<json> statement();

  Mailbox mailbox;
  support::TemporaryFolder folder;

 private:
  json ask(outbound::HttpRequest request);
  void open();

  kernel::SystemClock clock_;
  simulator::Script script_;
  std::unique_ptr<simulator::PaymentSimulator> simulator_;
  std::optional<outbound::Loop> loop_{"shop"};
  std::optional<outbound::HttpClient> http_;
  std::optional<Asking> patient_;

 public:
  Asking& patient() { return *patient_; }
};

}  // namespace outbound_test
