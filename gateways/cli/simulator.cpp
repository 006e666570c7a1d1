#include "gateways/cli/simulator.hpp"

#include <fmt/format.h>

#include <csignal>

#include "gateways/cli/console.hpp"
#include "gateways/cli/folders.hpp"
#include "gateways/cli/process.hpp"
#include "gateways/simulators/payment/simulator.hpp"

namespace cli {
namespace {

constexpr std::chrono::seconds drain_time{5};

}  // namespace

int simulate(const Config& config) {
  if (!config.webhook_url.empty() && config.payment_secret.empty())
    throw UsageError(
        "webhooks need the secret that they are signed with; give it with --payment-secret, or "
        "leave out --webhook-url");
  Signals signals;
  const Console console{"simulator", config.json_log};
  const kernel::SystemClock clock;
  simulator::PaymentSimulator simulator{
      {.folder = Folders{config.data}.payment_simulator(),
       .port = config.simulator_port,
       .webhooks_to = outbound::parse_url(config.webhook_url),
       .secret = config.payment_secret,
       .clock = clock,
       // Late is what comes when nobody waits any more.
       .script = {.answer_late = 2 * config.payment_time_out()},
       .log = [&](std::string_view line) { console.say(line); }}};
  console.say(fmt::format(
      "plays the card gateway at http://127.0.0.1:{}{}",
      simulator.port(),
      config.webhook_url.empty() ? "" : ", whose webhooks go to " + config.webhook_url));
  while (true) {
    const auto signal = signals.take(std::chrono::minutes{1});
    if (signal && *signal != SIGCHLD) break;
  }
  simulator.stop(drain_time);
  return 0;
}

}  // namespace cli
