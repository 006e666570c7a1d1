#include "gateways/cli/log_server.hpp"

#include <fmt/format.h>

#include <cstdio>
#include <stdexcept>

#include "gateways/cli/data_folder.hpp"
#include "gateways/nats/connection.hpp"
#include "gateways/nats/server_config.hpp"
#include "gateways/nats/stream.hpp"

namespace cli {
namespace {

constexpr int nats_major_needed = 2, nats_minor_needed = 12;
constexpr int patience_ms = 60'000;
constexpr std::chrono::seconds drain{10};

}  // namespace

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

std::map<std::string, std::string> start_log_server(
    const std::filesystem::path& program,
    const Folders& folders,
    const Console& console,
    Supervisor& supervisor) {
  const auto users = nats::make_users();
  const auto port = free_port();
  const auto file = folders.run() / "nats-server.conf";
  write_secret(
      file,
      nats::to_text(
          {port, folders.log().string(), (folders.run() / "nats-server.log").string(), users}));
  console.say(fmt::format("starting {} on port {}", program.string(), port));
  supervisor.add({"nats-server", {program.string(), "--config", file.string()}, {}}, drain);
  std::map<std::string, std::string> addresses;
  for (const auto& user : users)
    addresses[user.name] = fmt::format("nats://{}:{}@127.0.0.1:{}", user.name, user.password, port);
  nats::Connection connection{{addresses["operator"]}, "construct up", patience_ms};
  nats::ensure_stream(connection, 1);
  write_secret(folders.operator_address(), addresses["operator"]);
  return addresses;
}

}  // namespace cli
