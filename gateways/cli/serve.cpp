#include "gateways/cli/serve.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <sysexits.h>

#include <algorithm>
#include <csignal>
#include <optional>

#include "gateways/cli/process.hpp"
#include "gateways/cli/roles/audit.hpp"
#include "gateways/cli/roles/engine.hpp"
#include "gateways/cli/roles/feed.hpp"
#include "gateways/cli/roles/flows.hpp"
#include "gateways/cli/roles/gateway.hpp"
#include "gateways/cli/roles/project.hpp"
#include "gateways/outbound/payment_gateway.hpp"

namespace cli {
namespace {

bool has(const std::vector<std::string>& verbs, const char* verb) {
  return std::ranges::find(verbs, verb) != verbs.end();
}

// Begins a role. That a fold's store is damaged may show as soon as it is read; then it is given
// up, and empty the next time. What fails twice in the same way is no such thing.
template <class Role, class... Arguments>
void begin(std::optional<Role>& role, Arguments&... arguments) {
  for (std::string before;;) {
    try {
      role.emplace(arguments...);
      return;
    } catch (const fold::StoreFailed& failed) {
      if (before == failed.what()) throw;
      before = failed.what();
    }
  }
}

}  // namespace

std::string name_of(const std::vector<std::string>& verbs) {
  if (verbs.size() > 1 && !has(verbs, "engine")) return "folds";
  return fmt::format("{}", fmt::join(verbs, "+"));
}

int serve(const std::vector<std::string>& verbs, const Config& config) {
  if (has(verbs, "gateway") && !has(verbs, "engine"))
    throw UsageError("the gateway runs in the engine's process: `construct engine gateway`");
  if (config.nats_url.empty())
    throw UsageError(
        "a single verb needs the log's address; give it with --nats-url, or run `construct up`");
  Signals signals;
  const auto name = name_of(verbs);
  Process process{
      config, {name, config.json_log}, {config.data}, {{config.nats_url}, "construct " + name}};
  std::optional<outbound::PaymentGateway> payments;
  effects::Outside outside;
  if (has(verbs, "effects") && !config.payment_gateway.empty()) {  // checked when it was read
    payments.emplace(outbound::HttpClient::Options{
        .base = *outbound::parse_url(config.payment_gateway),
        .time_out = config.payment_time_out()});
    outside.add<payment::Gateway>(*payments);
  }

  // Each may rest on those before it.
  std::optional<EngineRole> engine;
  std::optional<ProjectRole> project;
  std::optional<FlowsRole> flows;
  std::optional<EffectsRole> effects;
  std::optional<AuditRole> audit;
  std::optional<FeedRole> feed;
  std::optional<GatewayRole> gateway;
  if (has(verbs, "engine")) begin(engine, process);
  if (has(verbs, "project")) begin(project, process);
  if (has(verbs, "flows")) begin(flows, process);
  if (has(verbs, "effects")) begin(effects, process, outside);
  if (has(verbs, "audit")) begin(audit, process);
  if (has(verbs, "feed")) begin(feed, process);
  if (has(verbs, "gateway")) gateway.emplace(process, *engine);
  std::optional<http::Server> vitals;
  if (!gateway || project || flows || effects || audit || feed) {
    vitals.emplace(process.vitals, process.vitals_options());
    process.tell(fmt::format("its metrics are at 127.0.0.1:{}/metrics", vitals->port()));
  }
  for (;;) {
    const auto signal = signals.take(std::chrono::seconds{60});
    if (signal && *signal != SIGCHLD) break;
  }
  // Nothing more comes in, and what came in is answered.
  if (gateway) gateway->drain();
  if (engine) engine->drain();
  return process.failed ? EX_TEMPFAIL : 0;  // started again, it may do better
}

}  // namespace cli
