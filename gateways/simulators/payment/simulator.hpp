// A card gateway of our own to test against, stateful and with all the ways in which real ones
// disappoint: `construct simulator`. docs/PAYMENT_SIMULATOR.md says what it speaks.
#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "gateways/simulators/payment/api.hpp"
#include "gateways/simulators/payment/postman.hpp"

namespace simulator {

class PaymentSimulator {
 public:
  struct Options {
    std::filesystem::path folder;  // of its store
    std::uint16_t port = 0;        // of the loopback; 0: any free one
    std::optional<outbound::Url> webhooks_to;
    std::string secret;  // that signs them
    const kernel::Clock& clock;
    Script script;
    std::function<void(std::string_view)> log;  // one line per event; any thread
  };

  explicit PaymentSimulator(Options options);

  std::uint16_t port() const { return server_.port(); }
  // Finishes what is under way within `patience`.
  void stop(std::chrono::milliseconds patience) { server_.stop(patience); }

 private:
  std::unique_ptr<Postman> make_postman(const Options& options);

  outbound::Loop loop_{"simulator"};
  rocks::Database store_;
  Bank bank_;
  std::unique_ptr<Postman> postman_;
  Api api_;
  http::Server server_;  // ends first: after it nobody asks the bank
};

}  // namespace simulator
