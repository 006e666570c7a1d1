// The configuration of the private nats-server that `construct up` runs: who may do what.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace nats {

struct User {
  std::string name;
  std::string password;
  std::vector<std::string> publish;    // subjects it may publish on; nothing else
  std::vector<std::string> subscribe;  // besides its own inbox
};

// operator, engine, flows, effects, gateway, project: each with what its job needs and a fresh
// password. Only the engine may publish to the log; nobody but the operator may delete, purge,
// restore or change the stream.
std::vector<User> make_users();

struct ServerConfig {
  std::uint16_t port = 0;  // of the loopback
  std::string store;       // folder of JetStream's files
  std::string log;         // file
  std::vector<User> users;
};

// The text of nats-server's configuration file: on the loopback only, every write fsynced before it
// is acknowledged.
std::string to_text(const ServerConfig& config);

}  // namespace nats
