#include "gateways/cli/up.hpp"

#include <fmt/format.h>

#include <csignal>
#include <optional>

#include "domain/kernel/crypto.hpp"
#include "gateways/cli/data_folder.hpp"
#include "gateways/cli/demo.hpp"
#include "gateways/cli/http_client.hpp"
#include "gateways/cli/log_server.hpp"
#include "gateways/cli/serve.hpp"
#include "gateways/outbound/url.hpp"

namespace cli {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr milliseconds beat{20};
constexpr seconds patience{60};
constexpr auto loopback_origins = "http://localhost:*,http://127.0.0.1:*,http://[::1]:*";
constexpr std::uint32_t simulator_timeout_ms = 2'000;  // It answers at once, or not at all.

// Pages of this machine, such as a frontend in development, may call a gateway that only this
// machine reaches, or that holds a demo.
bool trusts_own_pages(const Config& config) {
  return !config.empty || config.host.starts_with("127.") || config.host == "::1";
}

class Up {
 public:
  Up(const Config& config, std::string self)
      : config_{config},
        self_{std::move(self)},
        folders_{std::filesystem::absolute(config.data)},
        console_{"up", config.json_log},
        supervisor_{console_} {
    if (!config_.cors_origins && trusts_own_pages(config_)) config_.cors_origins = loopback_origins;
  }

  int run() {
    const auto nats_server = find_nats_server(config_);
    const DataFolder data{folders_};
    if (config_.port + config_.engines > 65536)
      throw std::runtime_error(fmt::format(
          "{} gateways need as many ports from {} on; give a lower one with --port",
          config_.engines,
          config_.port));
    for (unsigned i = 0; i < config_.engines; ++i)
      if (port_taken(config_.host, port(i)))
        throw std::runtime_error(fmt::format(
            "port {} of {} is taken; stop what listens there, or give another one with --port",
            port(i),
            config_.host));
    make_key(folders_.digest_key());
    choose_payment_gateway();
    const bool fresh = std::filesystem::is_empty(folders_.log());
    log_server_.emplace(nats_server, config_.cluster, folders_, console_, supervisor_);
    if (config_.feed_days > 0) log_server_->keep_feed(std::chrono::days{config_.feed_days});
    start_processes();
    if (!wait_until_ready()) return finish();
    if (fresh && !config_.empty) {
      console_.say("loading the demo");
      load_demo(config_.port, simulated_ ? Payments::simulated : Payments::none);
    }
    announce();
    while (!stopped(seconds{1})) {
      supervisor_.look_after(true);
      log_server_->look_after();
    }
    return finish();
  }

 private:
  // Waits; true when a signal asks for the end.
  bool stopped(milliseconds time) {
    const auto signal = signals_.take(time);
    return signal && *signal != SIGCHLD;
  }

  // Unless there is one already, or none is wanted, the simulator is the payment gateway.
  void choose_payment_gateway() {
    simulated_ = config_.payment_gateway.empty() && !config_.no_simulator;
    if (!simulated_) return;
    make_key(folders_.payment_secret());
    if (config_.simulator_port == 0) config_.simulator_port = free_port();
    if (port_taken("127.0.0.1", config_.simulator_port))
      throw std::runtime_error(fmt::format(
          "port {} is taken; stop what listens there, or give another one with --simulator-port",
          config_.simulator_port));
    config_.payment_gateway = fmt::format("http://127.0.0.1:{}", config_.simulator_port);
    if (config_.payment_secret.empty())
      config_.payment_secret = kernel::to_hex(read_file(folders_.payment_secret()));
    if (config_.webhook_url.empty()) config_.webhook_url = base() + "/webhooks/gateway";
    if (config_.payment_timeout_ms == 0) config_.payment_timeout_ms = simulator_timeout_ms;
  }

  void start_processes() {
    const auto add = [&](const std::string& name,
                         std::vector<std::string> arguments,
                         const std::string& user,
                         seconds drain) {
      arguments.insert(arguments.begin(), self_);
      supervisor_.add(
          {name,
           std::move(arguments),
           {{"CONSTRUCT_NATS_URL", log_server_->addresses().at(user)},
            {"CONSTRUCT_DATA", folders_.data.string()},
            {"CONSTRUCT_HOST", config_.host},
            {"CONSTRUCT_CORS_ORIGINS", config_.cors_origins.value_or("")},
            {"CONSTRUCT_HTTP_THREADS", std::to_string(config_.http_threads)},
            {"CONSTRUCT_AUDIT_NAME", config_.audit_name},
            {"CONSTRUCT_POLICY", config_.policy.string()},
            {"CONSTRUCT_AUDIT_INTERVAL_MS", std::to_string(config_.audit_interval_ms)},
            {"CONSTRUCT_PAYMENT_GATEWAY", config_.payment_gateway},
            {"CONSTRUCT_PAYMENT_SECRET", config_.payment_secret},
            {"CONSTRUCT_PAYMENT_TIMEOUT_MS", std::to_string(config_.payment_time_out().count())},
            {"CONSTRUCT_LOG", config_.json_log ? "json" : "text"}}},
          drain);
    };
    if (simulated_) start_simulator();
    // Of these verbs as many processes as are asked for; those of one only share one.
    const std::pair<const char*, unsigned> folds[] = {
        {"project", 1},
        {"flows", config_.flows},
        {"effects", config_.effects},
        {"audit", config_.no_audit ? 0 : 1},
        {"feed", config_.feed_days == 0 ? 0 : 1}};
    // So many ports from the one that was given, or any that are free.
    unsigned vitals = 0;
    const auto add_folds = [&](std::vector<std::string> verbs, const std::string& instance) {
      const auto name = name_of(verbs);  // and its user's
      const auto port = config_.vitals_port == 0 ? 0 : config_.vitals_port + vitals++;
      verbs.insert(verbs.end(), {"--vitals-port", std::to_string(port)});
      if (!instance.empty()) verbs.insert(verbs.end(), {"--instance", instance});
      add(instance.empty() ? name : name + ' ' + instance, verbs, name, seconds{10});
    };
    std::vector<std::string> together;
    for (const auto& [verb, count] : folds)
      if (count == 1 && !config_.apart) together.emplace_back(verb);
    if (!together.empty()) add_folds(together, "");
    for (const auto& [verb, count] : folds)
      for (unsigned i = 1; i <= count; ++i)
        if (count > 1)
          add_folds({verb}, std::to_string(i));
        else if (config_.apart)
          add_folds({verb}, "");
    for (unsigned i = 0; i < config_.engines; ++i) {
      const auto instance = std::to_string(i + 1);
      add(config_.engines == 1 ? "engine+gateway" : "engine+gateway " + instance,
          {"engine", "gateway", "--instance", instance, "--port", std::to_string(port(i))},
          "engine",
          seconds{20});
    }
  }

  // Of the gateway beside each engine.
  std::uint16_t port(unsigned engine) const {
    return static_cast<std::uint16_t>(config_.port + engine);
  }

  void start_simulator() {
    supervisor_.add(
        {"simulator",
         {self_, "simulator"},
         {{"CONSTRUCT_DATA", folders_.data.string()},
          {"CONSTRUCT_SIMULATOR_PORT", std::to_string(config_.simulator_port)},
          {"CONSTRUCT_WEBHOOK_URL", config_.webhook_url},
          {"CONSTRUCT_PAYMENT_SECRET", config_.payment_secret},
          {"CONSTRUCT_PAYMENT_TIMEOUT_MS", std::to_string(config_.payment_time_out().count())},
          {"CONSTRUCT_LOG", config_.json_log ? "json" : "text"}}},
        seconds{10});
  }

  // False when it was asked to stop meanwhile.
  bool wait_until_ready() {
    const auto until = std::chrono::steady_clock::now() + patience;
    while (!ready()) {
      if (stopped(beat)) return false;
      supervisor_.look_after(false);
      if (std::chrono::steady_clock::now() >= until)
        throw std::runtime_error(fmt::format(
            "construct was not ready within {} s; see the lines above and {}nats-server*.log",
            patience.count(),
            folders_.run().string()));
    }
    return true;
  }

  bool ready() const {
    for (unsigned i = 0; i < config_.engines; ++i)
      if (get_status(port(i), "/readyz") != 200) return false;
    return true;
  }

  void announce() const {
    const auto try_out = [&](const std::string& path, std::string_view body) {
      fmt::print("  curl -s {}{}", base(), path);
      if (!body.empty())
        fmt::print(" -H 'Content-Type: application/json' \\\n       -d '{}'", body);
      fmt::print("\n");
    };
    fmt::print(
        "\nConstruct is ready on {0} (documentation: {0}/docs; data: {1})\n\n",
        base(),
        folders_.data.string());
    if (config_.engines > 1)
      fmt::print(
          "{} gateways listen, on port {} to {}; each answers everything.\n\n",
          config_.engines,
          config_.port,
          port(config_.engines - 1));
    if (get_status(config_.port, "/inventory/sku-1") == 200)
      try_out("/inventory/sku-1", "");
    else
      try_out(
          "/commands/inventory/CreateStockItem",
          R"({"inventory_id":"sku-1","product_id":"p-1","location_id":"main"})");
    if (get_status(config_.port, "/orders/demo-o-1") == 200) {
      try_out(
          "/orders",
          R"({"order_id":"o-1","user_id":"u-1","currency_code":"EUR","payment_method":"test_ok","items":[{"order_item_id":"i-1","product_id":"p-1","inventory_id":"sku-1","quantity":2,"unit_price":1999}]})");
      try_out("/orders/o-1", "");
    } else {
      try_out(
          "/inventory/reserve/sku-1", R"({"reservation_id":"r-1","quantity":3,"order_id":"o-1"})");
      try_out("/streams/inventory/StockItem/sku-1", "");
    }
    fmt::print("\nCtrl-C stops it.\n");
    std::fflush(stdout);
  }

  int finish() {
    console_.say("stopping");
    supervisor_.stop_all();
    console_.say("stopped");
    return 0;
  }

  // Where its own gateway is found from this machine.
  std::string base() const {
    const bool any = config_.host == "0.0.0.0" || config_.host == "::";
    const outbound::Url url{any ? "127.0.0.1" : config_.host, config_.port};
    return "http://" + url.authority();
  }

  Config config_;  // as it is told to the processes
  bool simulated_ = false;
  std::string self_;
  Folders folders_;
  Signals signals_;
  Console console_;
  std::optional<LogServer> log_server_;
  Supervisor supervisor_;
};

}  // namespace

int up(const Config& config, const std::string& self) { return Up{config, self}.run(); }

}  // namespace cli
