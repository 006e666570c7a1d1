#include "gateways/cli/serve.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <csignal>
#include <fstream>
#include <iterator>
#include <thread>

#include "commands/engine/service.hpp"
#include "domain/kernel/thread.hpp"
#include "gateways/cli/console.hpp"
#include "gateways/cli/folders.hpp"
#include "gateways/cli/process.hpp"
#include "gateways/cli/stream_source.hpp"
#include "gateways/http/api.hpp"
#include "gateways/http/routes.hpp"
#include "gateways/http/vitals.hpp"
#include "gateways/nats/leadership.hpp"
#include "gateways/nats/stream.hpp"
#include "gateways/rocks/follower.hpp"
#include "projections/views/store_reader.hpp"

#define CONTEXT(name)                  \
  namespace name {                     \
  void routes(::http::Routes& routes); \
  }
#include "contexts.def"
#undef CONTEXT

namespace cli {
namespace {

using std::chrono::seconds;

constexpr seconds drain_time{10};

// What the roles of one process share.
struct Process {
  const Config& config;
  Console console;
  Folders folders;
  nats::Connection connection;
  kernel::SystemClock clock{};
  std::atomic<bool> failed{false};

  void tell(const std::string& sentence, Level level = Level::info) const {
    console.say(sentence, level);
  }

  // Ends the process; from any thread.
  void fail(const std::string& sentence) {
    if (failed.exchange(true)) return;
    tell(sentence, Level::alarm);
    ::kill(::getpid(), SIGTERM);
  }

  void announce(const std::string& view) {
    try {
      connection.publish("construct.view." + view, "");
    } catch (const std::runtime_error&) {
      // The server is away; readers look by themselves every second.
    }
  }
};

std::vector<std::string> stream_families() {
  return {engine::StreamsFamilies::names.begin(), engine::StreamsFamilies::names.end()};
}

// ---- engine ----

class OverNats final : public engine::Presence {
 public:
  explicit OverNats(nats::Connection& connection) : leadership_{connection} {}
  void leads(bool now) override { leadership_.leads(now); }
  void ask(std::function<void(bool)> answer) override { leadership_.ask(std::move(answer)); }

 private:
  nats::Leadership leadership_;
};

class EngineRole {
 public:
  explicit EngineRole(Process& process)
      : stream_{process.connection, [&](const std::string& text) { process.tell(text, Level::alarm); }},
        presence_{process.connection},
        store_{rocks::Database::As::primary, process.folders.streams(), stream_families()},
        service_{{
            .log = stream_,
            .writer = stream_,
            .store = store_,
            .presence = presence_,
            .clock = process.clock,
            .deployment = "construct",
            .limits = {},
            .tell = [&](const engine::Event& event) { process.tell(event.text, event.alarm ? Level::alarm : Level::info); },
            .folded = [&](kernel::CommitNumber) { process.announce("streams"); },
            .failed = [&](const std::string& why) { process.fail(why); },
        }} {}

  engine::Service& service() { return service_; }
  const rocks::Database& store() const { return store_; }

 private:
  nats::Stream stream_;
  OverNats presence_;
  rocks::Database store_;
  engine::Service service_;
};

// ---- gateway ----

std::string read_key(const std::filesystem::path& path) {
  std::ifstream file{path, std::ios::binary};
  std::string key{std::istreambuf_iterator<char>{file}, {}};
  if (key.size() < 32)
    throw std::runtime_error(
        fmt::format("{} is missing or too short; `construct up` makes it", path.string()));
  return key;
}

class GatewayRole {
 public:
  GatewayRole(Process& process, engine::Service& engine, const rocks::Database& streams_store)
      : process_{process}, streams_store_{streams_store}, streams_{streams_store_} {
    listen("streams", streams_store_);
    http::Routes routes{schemas::platform()};
#define CONTEXT(name) name::routes(routes);
#include "contexts.def"
#undef CONTEXT
    api_.emplace(
        http::Dependencies{
            .engine = engine,
            .views = open_views(),
            .streams = streams_,
            .digest_key = read_key(process.folders.digest_key()),
            .webhook_secrets = {{"payment", process.config.payment_secret}},
            .incarnation = [&engine] { return engine.incarnation(); },
            .not_ready = [this, &engine]() -> std::optional<std::string> {
              if (auto why = engine.not_ready()) return why;
              return views_not_ready();
            },
            .now = [] { return std::chrono::system_clock::now(); },
            .more_metrics = [&engine](std::string& text) { text += engine.metrics(); },
            .log = [&process](std::string_view line) { process.console.say(line); }},
        routes);
    server_.emplace(
        *api_,
        http::ServerOptions{
            .address = process.config.host,
            .port = process.config.port,
            .threads = process.config.http_threads,
            .log = [&process](std::string_view line) { process.console.say(line); }});
    process.tell(fmt::format("listens on {}:{}", process.config.host, server_->port()));
  }

  void stop() { server_->stop(drain_time); }

 private:
  struct OpenView {
    std::unique_ptr<rocks::Follower> store;
    std::unique_ptr<views::Reader> reader;
  };

  // Whoever folds the store says when it has moved.
  void listen(const std::string& name, rocks::Follower& store) {
    listening_.push_back(process_.connection.subscribe(
        "construct.view." + name, [&store](auto, auto) { store.nudge(); }));
  }

  std::map<std::string, http::View, std::less<>> open_views() {
    std::map<std::string, http::View, std::less<>> all;
    for (const auto& type : views::all()) {
      auto& view = views_[type.name];
      const auto versioned = fmt::format("{}-{}", type.name, type.version);
      view.store = std::make_unique<rocks::Follower>(
          process_.folders.view(type.name, type.version),
          process_.folders.reader(versioned),
          views::families(type));
      view.reader = views::make_reader(type, *view.store);
      listen(type.name, *view.store);
      all.emplace(type.name, http::View{*view.reader, std::to_string(type.version)});
    }
    return all;
  }

  std::optional<std::string> views_not_ready() {
    for (auto& [name, view] : views_) {
      try {
        view.store->read([](const fold::Reads&) {});
      } catch (const std::runtime_error&) {
        return fmt::format("the view {} is not there yet; `construct project` makes it", name);
      }
    }
    return std::nullopt;
  }

  Process& process_;
  rocks::Follower streams_store_;
  StreamSource streams_;
  std::map<std::string, OpenView> views_;
  std::vector<std::unique_ptr<nats::Connection::Listening>> listening_;
  std::optional<http::Api> api_;
  std::optional<http::Server> server_;
};

// ---- project ----

class ProjectRole {
 public:
  explicit ProjectRole(Process& process)
      : stream_{process.connection, [&](const std::string& text) {
                  process.tell(text, Level::alarm);
                }} {
    for (const auto& type : views::all())
      folds_.push_back(std::make_unique<Folding>(process, stream_, type));
    server_.emplace(
        vitals_,
        http::ServerOptions{
            .address = "127.0.0.1",
            .port = process.config.vitals_port,
            .log = [&process](std::string_view line) { process.console.say(line); }});
    process.tell(fmt::format(
        "folds {} view{}; its metrics are at 127.0.0.1:{}/metrics",
        folds_.size(),
        folds_.size() == 1 ? "" : "s",
        server_->port()));
  }

 private:
  struct Folding {
    Folding(Process& process, fold::Log& log, const views::ViewType& of)
        : type{of},
          store{
              rocks::Database::As::primary,
              process.folders.view(type.name, type.version),
              views::families(type)},
          fold{type, store},
          runner{
              store,
              fold,
              [&process, name = type.name](const auto&, const auto&) { process.announce(name); }},
          thread{[this, &process, &log, name = type.name] {
            kernel::name_thread("fold " + name);
            try {
              runner.run(log);
            } catch (const std::exception& error) {
              process.fail(fmt::format("the view {} cannot go on: {}", name, error.what()));
            }
          }} {}
    ~Folding() {
      runner.stop();
      thread.join();
    }

    const views::ViewType& type;
    rocks::Database store;
    views::ViewFold fold;
    fold::Runner runner;
    std::thread thread;
  };

  std::string metrics() const {
    std::string text =
        "# HELP construct_view_folded_commits Commits that the view has folded.\n"
        "# TYPE construct_view_folded_commits counter\n";
    for (const auto& fold : folds_)
      text += fmt::format(
          "construct_view_folded_commits{{view=\"{}\",version=\"{}\"}} {}\n",
          fold->type.name,
          fold->type.version,
          fold->runner.cursor().head.next);
    return text;
  }

  nats::Stream stream_;
  std::vector<std::unique_ptr<Folding>> folds_;
  http::Vitals vitals_{[] { return std::nullopt; }, [this] { return metrics(); }};
  std::optional<http::Server> server_;
};

bool has(const std::vector<std::string>& verbs, const char* verb) {
  return std::ranges::find(verbs, verb) != verbs.end();
}

}  // namespace

int serve(const std::vector<std::string>& verbs, const Config& config) {
  if (has(verbs, "gateway") && !has(verbs, "engine"))
    throw UsageError("the gateway runs in the engine's process: `construct engine gateway`");
  if (config.nats_url.empty())
    throw UsageError(
        "a single verb needs the log's address; give it with --nats-url, or run `construct up`");
  Signals signals;
  const auto name = fmt::format("{}", fmt::join(verbs, "+"));
  Process process{
      config, {name, config.json_log}, {config.data}, {{config.nats_url}, "construct " + name}};

  std::optional<EngineRole> engine;
  std::optional<GatewayRole> gateway;
  std::optional<ProjectRole> project;
  if (has(verbs, "engine")) engine.emplace(process);
  if (has(verbs, "project")) project.emplace(process);
  if (has(verbs, "gateway")) gateway.emplace(process, engine->service(), engine->store());
  for (;;) {
    const auto signal = signals.take(seconds{60});
    if (signal && *signal != SIGCHLD) break;
  }
  // Nothing more comes in, and what came in is answered.
  if (gateway) gateway->stop();
  if (engine) engine->service().drain(drain_time);
  return process.failed ? 1 : 0;
}

}  // namespace cli
