#include "gateways/cli/log_server.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cstdio>
#include <set>
#include <stdexcept>
#include <tuple>

#include "gateways/cli/data_folder.hpp"
#include "gateways/cli/http_client.hpp"
#include "gateways/nats/connection.hpp"
#include "gateways/nats/feed.hpp"
#include "gateways/nats/server_config.hpp"
#include "gateways/nats/stream.hpp"

namespace cli {
namespace {

// The second mends what the first loses when servers of a cluster fail (jepsen.io on 2.12.1).
using Version = std::tuple<int, int, int>;
constexpr Version needed_alone{2, 12, 0}, needed_in_cluster{2, 14, 4};
constexpr int patience_ms = 60'000;
constexpr std::chrono::seconds drain{10};
// Less is soon full again.
constexpr std::uintmax_t room_needed = std::uintmax_t{16} << 20;

std::string to_text(const Version& version) {
  const auto& [major, minor, patch] = version;
  return fmt::format("{}.{}{}", major, minor, patch == 0 ? "" : fmt::format(".{}", patch));
}

// Begun anew by so many servers, a log that is there would be forgotten.
void check_kept_by(unsigned servers, const Folders& folders) {
  const bool alone = std::filesystem::exists(folders.log() / "jetstream");
  const bool cluster = std::filesystem::exists(folders.log(server_name(0)));
  if (servers == 1 && cluster)
    throw std::runtime_error(fmt::format(
        "the log in {} is kept by three servers; start it with --cluster 3",
        folders.log().string()));
  if (servers > 1 && alone)
    throw std::runtime_error(fmt::format(
        "the log in {} is kept by one server; take a backup of it while it runs, and restore that "
        "into another folder with --cluster {}",
        folders.log().string(),
        servers));
}

// Free ports of the loopback.
std::vector<std::string> free_addresses(std::size_t count) {
  std::set<std::string> all;
  while (all.size() < count) all.insert(fmt::format("127.0.0.1:{}", free_port()));
  return {all.begin(), all.end()};
}

}  // namespace

std::string server_name(unsigned number) { return fmt::format("server-{}", number + 1); }

std::string address_of(const nats::User& user, const std::vector<std::string>& servers) {
  std::vector<std::string> urls;
  for (const auto& server : servers)
    urls.push_back(fmt::format("nats://{}:{}@{}", user.name, user.password, server));
  return fmt::format("{}", fmt::join(urls, ","));
}

std::filesystem::path find_nats_server(const Config& config) {
  const auto& needed = config.cluster > 1 ? needed_in_cluster : needed_alone;
  auto path = config.nats_server.empty() ? find_program("nats-server") : config.nats_server;
  const auto advice = fmt::format(
      "nats-server {} or newer is needed; name its path with --nats-server or "
      "CONSTRUCT_NATS_SERVER",
      to_text(needed));
  if (path.empty()) throw std::runtime_error("there is no nats-server on the path; " + advice);
  const auto said = output_of({path.string(), "--version"});  // "nats-server: v2.15.1"
  int major = 0, minor = 0, patch = 0;
  const auto at = said.find(": v");
  if (at == std::string::npos ||
      std::sscanf(said.c_str() + at, ": v%d.%d.%d", &major, &minor, &patch) != 3)
    throw std::runtime_error(fmt::format("{} is not a nats-server; {}", path.string(), advice));
  if (const Version version{major, minor, patch}; version < needed)
    throw std::runtime_error(
        fmt::format("{} is version {}; {}", path.string(), to_text(version), advice));
  return path;
}

LogServer::LogServer(
    const std::filesystem::path& program,
    unsigned servers,
    const Folders& folders,
    const Console& console,
    Supervisor& supervisor)
    : folders_{folders}, console_{console}, supervisor_{supervisor} {
  check_kept_by(servers, folders);
  const auto users = nats::make_users();
  const auto listen = free_addresses(servers);
  servers_ = configure(listen, users, folders);
  for (const auto& server : servers_) {
    const auto file = folders.run() / (server.program + ".conf");
    write_secret(file, server.configuration);
    supervisor.add({server.program, {program.string(), "--config", file.string()}, {}}, drain);
  }
  console.say(fmt::format("starting {} at {}", program.string(), fmt::join(listen, ", ")));
  for (const auto& user : users) addresses_[user.name] = address_of(user, listen);
  nats::Connection connection{{addresses_["operator"]}, "construct up", patience_ms};
  nats::ensure_stream(connection, static_cast<int>(servers));
  write_secret(folders.operator_address(), addresses_["operator"]);
  write_secret(folders.replay_address(), addresses_["replay"]);
}

std::vector<LogServer::Server> LogServer::configure(
    const std::vector<std::string>& addresses,
    const std::vector<nats::User>& users,
    const Folders& folders) {
  const bool alone = addresses.size() == 1;
  const auto others = free_addresses(addresses.size());
  const auto password = nats::fresh_password();
  std::vector<Server> all;
  for (unsigned i = 0; i < addresses.size(); ++i) {
    const auto name = server_name(i);
    Server server{
        .program = alone ? "nats-server" : "nats-" + name,
        .store = alone ? folders.log() : folders.log(name),
        .monitor = free_port()};
    const nats::ServerConfig config{
        .listen = addresses[i],
        .store = server.store.string(),
        .log = (folders.run() / (server.program + ".log")).string(),
        .users = users,
        .monitor = fmt::format("127.0.0.1:{}", server.monitor)};
    server.configuration =
        alone ? nats::to_text(config) : nats::to_text(config, {name, others[i], others, password});
    all.push_back(std::move(server));
  }
  return all;
}

void LogServer::keep_feed(std::chrono::hours retention) {
  nats::Connection connection{{addresses_["operator"]}, "construct up", patience_ms};
  nats::ensure_feed(connection, static_cast<int>(servers_.size()), retention);
  write_secret(folders_.facts_address(), addresses_["facts"]);
}

void LogServer::look_after() {
  for (auto& server : servers_) {
    const auto health = get(server.monitor, "/healthz");
    const bool fails = health.body.find("write error") != std::string::npos;
    if (fails && !server.fails)
      console_.say(
          fmt::format(
              "{} cannot write the log, so no command is done: {}; make room on the disk of {}, "
              "then it goes on by itself",
              server.program,
              health.body,
              server.store.string()),
          Level::alarm);
    server.fails = fails;
    std::error_code ignored;
    if (fails && std::filesystem::space(server.store, ignored).available >= room_needed)
      supervisor_.end(server.program);
  }
}

}  // namespace cli
