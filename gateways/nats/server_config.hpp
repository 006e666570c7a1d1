// The configuration of a nats-server that keeps the log: who may do what.
#pragma once

#include <string>
#include <vector>

namespace nats {

struct User {
  std::string name;
  std::string password;
  std::vector<std::string> publish;    // subjects it may publish on; nothing else
  std::vector<std::string> subscribe;  // besides its own inbox
};

// One for each job, with what that needs and a fresh password; "folds" for a process that does
// several of project, flows, effects, audit and feed; and "facts" for other systems. Only the
// engine may publish to the log, and the feed to its stream; nobody but the operator may delete,
// purge, restore or change a stream.
std::vector<User> make_users();

struct ServerConfig {
  std::string listen;  // host:port, for clients
  std::string store;   // folder of JetStream's files
  std::string log;     // file; empty: stderr
  std::vector<User> users;
  std::string monitor = {};  // host:port where it tells over HTTP how it is; empty: nowhere
};

// One of the servers that keep the log together. They know each other by their names, so that a
// name belongs to its store for ever; addresses and passwords may change at each start.
struct Member {
  std::string name;
  std::string listen;               // host:port, for the other servers
  std::vector<std::string> others;  // where they listen, itself included
  std::string password;             // by which they believe each other
};

// The text of nats-server's configuration file: every write is fsynced before it is acknowledged.
std::string to_text(const ServerConfig& config);
std::string to_text(const ServerConfig& config, const Member& member);

std::string fresh_password();

}  // namespace nats
