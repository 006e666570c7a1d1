// A real nats-server on a free port and a temporary folder, with the users and permissions of
// `construct up`.
#pragma once

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <string>

#include "gateways/cli/process.hpp"
#include "gateways/nats/connection.hpp"
#include "gateways/nats/server_config.hpp"
#include "gateways/nats/stream.hpp"
#include "tests/support/temporary.hpp"

namespace support {

inline std::filesystem::path nats_server_program() {
  const char* program = std::getenv("CONSTRUCT_NATS_SERVER");
  return program ? std::filesystem::path{program} : cli::find_program("nats-server");
}

class NatsServer {
 public:
  NatsServer() : port_{cli::free_port()} {
    const auto log = (folder_.path() / "log").string();
    std::ofstream{config_} << nats::to_text(
        {"127.0.0.1:" + std::to_string(port_),
         log,
         (folder_.path() / "server.log").string(),
         users_});
    start();
    nats::Connection connection{as("operator"), "test operator"};
    nats::ensure_stream(connection, 1);
  }
  ~NatsServer() { kill(); }
  NatsServer(const NatsServer&) = delete;
  NatsServer& operator=(const NatsServer&) = delete;

  nats::Address as(const std::string& user) const {
    const auto& found = *std::ranges::find(users_, user, &nats::User::name);
    return {"nats://" + found.name + ':' + found.password + "@127.0.0.1:" + std::to_string(port_)};
  }

  void start() {
    process_ = cli::start(
        {"nats-server", {nats_server_program().string(), "--config", config_.string()}, {}});
  }
  void kill() {
    if (process_ != 0) cli::stop(process_, std::chrono::milliseconds{0});
    process_ = 0;
  }

 private:
  TemporaryFolder folder_;
  std::filesystem::path config_ = folder_.path() / "server.conf";
  std::vector<nats::User> users_ = nats::make_users();
  std::uint16_t port_;
  pid_t process_ = 0;
};

}  // namespace support
