#include "gateways/cli/deploy.hpp"

#include <fmt/format.h>

#include "gateways/cli/data_folder.hpp"
#include "gateways/cli/log_server.hpp"
#include "gateways/nats/connection.hpp"
#include "gateways/nats/feed.hpp"
#include "gateways/nats/server_config.hpp"
#include "gateways/nats/stream.hpp"

namespace cli {
namespace {

constexpr std::uint16_t clients_port = 4222, servers_port = 6222;
constexpr auto store = "/var/lib/construct-log";  // as docs/systemd/construct-log.service has it
constexpr int patience_ms = 60'000;

std::vector<std::string> with_port(const std::vector<std::string>& hosts, std::uint16_t port) {
  std::vector<std::string> all;
  for (const auto& host : hosts) all.push_back(fmt::format("{}:{}", host, port));
  return all;
}

}  // namespace

int write_deployment(const std::filesystem::path& folder, const std::vector<std::string>& hosts) {
  std::error_code error;
  std::filesystem::create_directories(folder / "keys", error);
  if (error || std::filesystem::exists(folder / "operator.env"))
    throw std::runtime_error(fmt::format(
        "{} cannot be written, or holds a deployment already; give another folder",
        folder.string()));
  std::filesystem::permissions(folder, std::filesystem::perms::owner_all);
  const auto users = nats::make_users();
  const auto clients = with_port(hosts, clients_port), servers = with_port(hosts, servers_port);
  const auto password = nats::fresh_password();
  for (unsigned i = 0; i < hosts.size(); ++i)
    write_secret(
        folder / (server_name(i) + ".conf"),
        nats::to_text(
            {clients[i], store, "", users}, {server_name(i), servers[i], servers, password}));
  for (const auto& user : users)
    write_secret(
        folder / (user.name + ".env"),
        fmt::format("CONSTRUCT_NATS_URL={}\n", address_of(user, clients)));
  make_key(Folders{folder}.digest_key());
  fmt::print(
      "{} holds the configuration of {} servers, the addresses of their users and the key of "
      "digests; see docs/DEPLOY.md for what goes where, and keep it secret.\n",
      folder.string(),
      hosts.size());
  return 0;
}

int create_log(const Config& config) {
  if (config.nats_url.empty())
    throw UsageError("say where the servers are; give the operator's address with --nats-url");
  nats::Connection connection{{config.nats_url}, "construct create-log", patience_ms};
  const auto servers = static_cast<int>(config.cluster);
  nats::ensure_stream(connection, servers);
  fmt::print("the log is there, kept by {} of the servers\n", servers);
  if (config.feed_days == 0) return 0;
  nats::ensure_feed(connection, servers, std::chrono::days{config.feed_days});
  fmt::print("so is the stream of the feed, which keeps {} days\n", config.feed_days);
  return 0;
}

}  // namespace cli
