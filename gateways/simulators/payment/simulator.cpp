#include "gateways/simulators/payment/simulator.hpp"

namespace simulator {

PaymentSimulator::PaymentSimulator(Options options)
    : store_{rocks::Database::As::primary, options.folder, Bank::families()},
      bank_{{
          .store = store_,
          .clock = options.clock,
          .script = options.script,
          .webhook_waits =
              options.webhooks_to ? [this] { postman_->wake(); } : std::function<void()>{},
      }},
      postman_{make_postman(options)},
      api_{bank_, loop_, options.script},
      server_{api_, {.port = options.port, .log = options.log}} {}

std::unique_ptr<Postman> PaymentSimulator::make_postman(const Options& options) {
  if (!options.webhooks_to) return nullptr;
  return std::make_unique<Postman>(
      loop_,
      bank_,
      Postman::Options{*options.webhooks_to, options.secret, options.clock, options.log});
}

}  // namespace simulator
