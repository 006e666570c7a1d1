#include "gateways/cli/roles/gateway.hpp"

#include <fmt/format.h>

#include <chrono>

#include "commands/effects/effects.hpp"
#include "commands/flows/fold.hpp"
#include "gateways/cli/control.hpp"
#include "gateways/cli/data_folder.hpp"
#include "gateways/http/routes.hpp"
#include "projections/audit/trail.hpp"
#include "projections/audit/tree.hpp"

#define CONTEXT(name)                  \
  namespace name {                     \
  void routes(::http::Routes& routes); \
  }
#include "contexts.def"
#undef CONTEXT

namespace cli {
namespace {

// For the answer of an engine in another process. Past it the same command is sent again, perhaps
// to the next that leads.
constexpr std::chrono::seconds leader_time{1};

std::string read_key(const std::filesystem::path& path) {
  auto key = read_file(path);
  if (key.size() < 32)
    throw std::runtime_error(
        fmt::format("{} is missing or too short; `construct up` makes it", path.string()));
  return key;
}

}  // namespace

GatewayRole::GatewayRole(Process& process, EngineRole& beside)
    : process_{process},
      requests_{process.connection, leader_time},
      leader_{[this](std::string request, auto answered) {
        requests_.ask("construct.command.gateway", request, std::move(answered));
      }},
      engine_{
          {.here = beside.service(),
           .leads_here = [&engine = beside.service()] { return engine.leads(); },
           .elsewhere = leader_,
           .clock = process.clock,
           .failed = [&process](const std::string& why) { process.fail(why); }}},
      streams_store_{beside.store()},
      streams_{streams_store_},
      flows_store_{
          process.folders.fold("flows"),
          process.folders.reader(process.config.instance, "flows"),
          names_of<flows::FlowsFamilies>()},
      effects_store_{
          process.folders.fold("effects"),
          process.folders.reader(process.config.instance, "effects"),
          names_of<effects::EffectsFamilies>()},
      flows_{flows_store_, effects_store_},
      audit_store_{
          process.folders.fold("audit"),
          process.folders.reader(process.config.instance, "audit"),
          names_of<audit::Families>()},
      trail_store_{
          process.folders.fold("trail"),
          process.folders.reader(process.config.instance, "trail"),
          names_of<audit::TrailFamilies>()} {
  listen("streams." + process.config.instance, streams_store_);
  listen("flows", flows_store_);
  listen("effects", effects_store_);
  listen("audit", audit_store_);
  listen("audit", trail_store_);
  http::Routes routes{schemas::platform()};
#define CONTEXT(name) name::routes(routes);
#include "contexts.def"
#undef CONTEXT
  const auto cors = http::Cors::parse(process.config.cors_origins.value_or("")).value();
  api_.emplace(
      http::Dependencies{
          .engine = engine_,
          .views = open_views(),
          .streams = streams_,
          .flows = flows_,
          .audit =
              http::Audit{.tree = audit_store_, .trail = trail_store_, .streams = streams_store_},
          .digest_key = read_key(process.folders.digest_key()),
          .webhook_secrets = {{"payment", process.config.payment_secret}},
          .incarnation = [&engine = beside.service()] { return engine.incarnation(); },
          .not_ready = [this, &engine = beside.service()]() -> std::optional<std::string> {
            if (auto why = engine.not_ready()) return why;
            return stores_not_ready();
          },
          .now = [] { return std::chrono::system_clock::now(); },
          .more_metrics =
              [&process, &beside](std::string& text) {
                text += beside.metrics();
                text += process.metrics();
              },
          .log = [&process](std::string_view line) { process.console.say(line); },
          .cors = cors},
      routes);
  server_.emplace(
      *api_,
      http::ServerOptions{
          .address = process.config.host,
          .port = process.config.port,
          .threads = process.config.http_threads,
          .cors = cors,
          .log = [&process](std::string_view line) { process.console.say(line); }});
  reporting_ = report(process.connection, [this, &process]() -> std::vector<Part> {
    const auto why = stores_not_ready();
    return {
        {"gateway " + process.config.instance,
         0,
         why.value_or(fmt::format("listens on {}:{}", process.config.host, process.config.port))}};
  });
  process.tell(fmt::format("listens on {}:{}", process.config.host, server_->port()));
}

void GatewayRole::drain() { server_->stop(drain_time); }

// Whoever folds the store says when it has moved.
void GatewayRole::listen(const std::string& name, rocks::Follower& store) {
  listening_.push_back(process_.connection.subscribe(
      "construct.view." + name, [&store](auto, auto) { store.nudge(); }));
}

std::map<std::string, http::View, std::less<>> GatewayRole::open_views() {
  std::map<std::string, http::View, std::less<>> all;
  for (const auto& type : views::all()) {
    auto& view = views_[type.name];
    const auto folder = process_.folders.view(type);
    view.store = std::make_unique<rocks::Follower>(
        folder,
        process_.folders.reader(process_.config.instance, folder.filename()),
        views::families(type));
    view.reader = views::make_reader(type, *view.store);
    listen(type.name, *view.store);
    all.emplace(type.name, http::View{*view.reader, std::to_string(type.version)});
  }
  return all;
}

std::optional<std::string> GatewayRole::stores_not_ready() {
  const auto there = [](rocks::Follower& store) {
    try {
      store.read([](const fold::Reads&) {});
      return true;
    } catch (const std::runtime_error&) {
      return false;
    }
  };
  for (auto& [name, view] : views_)
    if (!there(*view.store))
      return fmt::format("the view {} is not there yet; `construct project` makes it", name);
  if (!there(flows_store_) || !there(effects_store_))
    return "the store of flows or of effects is not there yet; `construct flows` and `construct "
           "effects` make them";
  return std::nullopt;
}

}  // namespace cli
