#include "gateways/cli/up.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <openssl/rand.h>
#include <sys/file.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <csignal>
#include <cstring>
#include <fstream>
#include <map>

#include "gateways/cli/demo.hpp"
#include "gateways/cli/folders.hpp"
#include "gateways/cli/http_client.hpp"
#include "gateways/cli/supervisor.hpp"
#include "gateways/nats/connection.hpp"
#include "gateways/nats/server_config.hpp"
#include "gateways/nats/stream.hpp"
#include "gateways/outbound/url.hpp"

namespace cli {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr std::uint64_t free_bytes_needed = 64u << 20;
constexpr int nats_major_needed = 2, nats_minor_needed = 12;
constexpr milliseconds beat{20};
constexpr seconds patience{60};
constexpr std::uint32_t simulator_timeout_ms = 2'000;  // It answers at once, or not at all.

// Makes the folder, checks that it can be written, and keeps other instances out of it while it
// lives.
class DataFolder {
 public:
  explicit DataFolder(const Folders& folders) {
    const auto& data = folders.data;
    std::error_code error;
    for (const auto& folder :
         {folders.log(), folders.data / "folds", folders.run(), folders.digest_key().parent_path()})
      std::filesystem::create_directories(folder, error);
    lock_ = ::open(folders.lock().c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (error || lock_ < 0)
      throw std::runtime_error(fmt::format(
          "the data folder {} cannot be written ({}); give another one with --data, or its rights "
          "to this user",
          data.string(),
          error ? error.message() : std::strerror(errno)));
    if (flock(lock_, LOCK_EX | LOCK_NB) != 0)
      throw std::runtime_error(fmt::format(
          "another construct runs on the data folder {}; stop it, or give another folder with "
          "--data",
          data.string()));
    struct statvfs disk {};
    if (statvfs(data.c_str(), &disk) == 0 && disk.f_bavail * disk.f_frsize < free_bytes_needed)
      throw std::runtime_error(fmt::format(
          "the disk of {} is full ({} MiB free, 64 are needed to start); make room, or give a "
          "folder on another disk "
          "with --data",
          data.string(),
          disk.f_bavail * disk.f_frsize >> 20));
  }
  ~DataFolder() { ::close(lock_); }
  DataFolder(const DataFolder&) = delete;
  DataFolder& operator=(const DataFolder&) = delete;

 private:
  int lock_ = -1;
};

std::filesystem::path find_nats_server(const Config& config) {
  auto path = config.nats_server.empty() ? find_program("nats-server") : config.nats_server;
  const auto advice = fmt::format(
      "nats-server {}.{} or newer is needed; name its path with --nats-server or "
      "CONSTRUCT_NATS_SERVER",
      nats_major_needed,
      nats_minor_needed);
  if (path.empty()) throw std::runtime_error("there is no nats-server on the path; " + advice);
  const auto said = output_of({path.string(), "--version"});  // "nats-server: v2.15.1"
  int major = 0, minor = 0;
  const auto at = said.find(": v");
  if (at == std::string::npos || std::sscanf(said.c_str() + at, ": v%d.%d", &major, &minor) != 2)
    throw std::runtime_error(fmt::format("{} is not a nats-server; {}", path.string(), advice));
  if (major < nats_major_needed || (major == nats_major_needed && minor < nats_minor_needed))
    throw std::runtime_error(
        fmt::format("{} is version {}.{}; {}", path.string(), major, minor, advice));
  return path;
}

void make_key(const std::filesystem::path& path) {
  if (std::filesystem::exists(path)) return;
  std::array<unsigned char, 32> key{};
  if (RAND_bytes(key.data(), key.size()) != 1)
    throw std::runtime_error("the system has no random numbers");
  const auto made = path.string() + ".new";
  const int fd = ::open(made.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  const bool written =
      fd >= 0 && ::write(fd, key.data(), key.size()) == std::ssize(key) && ::fsync(fd) == 0;
  if (fd >= 0) ::close(fd);
  if (!written) throw std::runtime_error("cannot write " + made + "; check the disk");
  std::filesystem::rename(made, path);
}

std::string read_hex(const std::filesystem::path& path) {
  std::ifstream file{path, std::ios::binary};
  std::string hex;
  for (char byte = 0; file.get(byte);)
    hex += fmt::format("{:02x}", static_cast<unsigned char>(byte));
  return hex;
}

std::string url_of(const nats::User& user, std::uint16_t port) {
  return fmt::format("nats://{}:{}@127.0.0.1:{}", user.name, user.password, port);
}

class Up {
 public:
  Up(const Config& config, std::string self)
      : config_{config},
        self_{std::move(self)},
        folders_{std::filesystem::absolute(config.data)},
        console_{"up", config.json_log},
        supervisor_{console_} {}

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
    start_nats(nats_server);
    start_processes();
    if (!wait_until_ready()) return finish();
    if (fresh && !config_.empty) {
      console_.say("loading the demo");
      load_demo(config_.port, simulated_ ? Payments::simulated : Payments::none);
    }
    announce();
    while (!stopped(seconds{1})) supervisor_.look_after(true);
    return finish();
  }

 private:
  // Waits; true when a signal asks for the end.
  bool stopped(milliseconds time) {
    const auto signal = signals_.take(time);
    return signal && *signal != SIGCHLD;
  }

  void start_nats(const std::filesystem::path& program) {
    const auto port = free_port();
    const auto file = folders_.run() / "nats-server.conf";
    // Passwords are in it, so nobody else may read it.
    const int fd = ::open(file.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    const auto text = nats::to_text(
        {port, folders_.log().string(), (folders_.run() / "nats-server.log").string(), users_});
    const bool written = fd >= 0 && ::write(fd, text.data(), text.size()) == std::ssize(text);
    if (fd >= 0) ::close(fd);
    if (!written) throw std::runtime_error("cannot write " + file.string() + "; check the disk");
    console_.say(fmt::format("starting {} on port {}", program.string(), port));
    supervisor_.add(
        {"nats-server", {program.string(), "--config", file.string()}, {}}, seconds{10});
    for (auto& user : users_) urls_[user.name] = url_of(user, port);
    nats::Connection connection{
        {urls_["operator"]}, "construct up", static_cast<int>(milliseconds{patience}.count())};
    nats::ensure_stream(connection, 1);
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
      config_.payment_secret = read_hex(folders_.payment_secret());
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
           {{"CONSTRUCT_NATS_URL", urls_[user]},
            {"CONSTRUCT_DATA", folders_.data.string()},
            {"CONSTRUCT_HOST", config_.host},
            {"CONSTRUCT_HTTP_THREADS", std::to_string(config_.http_threads)},
            {"CONSTRUCT_PAYMENT_GATEWAY", config_.payment_gateway},
            {"CONSTRUCT_PAYMENT_SECRET", config_.payment_secret},
            {"CONSTRUCT_PAYMENT_TIMEOUT_MS", std::to_string(config_.payment_time_out().count())},
            {"CONSTRUCT_LOG", config_.json_log ? "json" : "text"}}},
          drain);
    };
    if (simulated_) start_simulator();
    add("project", {"project"}, "project", seconds{10});
    add("flows", {"flows"}, "flows", seconds{10});
    add("effects", {"effects"}, "effects", seconds{10});
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
            "construct was not ready within {} s; see the lines above and {}",
            patience.count(),
            (folders_.run() / "nats-server.log").string()));
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
  std::vector<nats::User> users_ = nats::make_users();
  std::map<std::string, std::string> urls_;
  Supervisor supervisor_;
};

}  // namespace

int up(const Config& config, const std::string& self) { return Up{config, self}.run(); }

}  // namespace cli
