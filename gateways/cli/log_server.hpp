// The private nats-server that holds the log of a data folder, or the three of a cluster.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "gateways/cli/config.hpp"
#include "gateways/cli/folders.hpp"
#include "gateways/cli/supervisor.hpp"
#include "gateways/nats/server_config.hpp"

namespace cli {

// The program, new enough. Throws std::runtime_error with a sentence that says how to get it.
std::filesystem::path find_nats_server(const Config& config);

// Of one of a cluster, for ever. Counted from 0.
std::string server_name(unsigned number);
// Where the user finds the servers, each given as host:port.
std::string address_of(const nats::User& user, const std::vector<std::string>& servers);

// What runs for the log of a data folder.
class LogServer {
 public:
  // Starts the program, as many times as there are to be servers, under the supervisor, with users
  // and passwords of its own, and makes the log's stream where there is none. The operator's
  // address and the analysts' are left in the folder for their verbs. Throws
  // std::runtime_error with a sentence where another number of servers keeps the log.
  LogServer(
      const std::filesystem::path& program,
      unsigned servers,
      const Folders& folders,
      const Console& console,
      Supervisor& supervisor);

  // Of each user, by its name.
  const std::map<std::string, std::string>& addresses() const { return addresses_; }

  // Makes the stream that the feed publishes to; the address of those who may read it is left in
  // the folder.
  void keep_feed(std::chrono::hours retention);

  // A server that could not write to its disk takes no block until it is started anew, however much
  // room there is: says so, and starts it when there is room. To be called every second or so.
  void look_after();

 private:
  struct Server {
    std::string program;  // its name under the supervisor
    std::string configuration;
    std::filesystem::path store;
    std::uint16_t monitor = 0;  // its port
    bool fails = false;         // to write
  };
  static std::vector<Server> configure(
      const std::vector<std::string>& addresses,
      const std::vector<nats::User>& users,
      const Folders& folders);

  const Folders& folders_;
  const Console& console_;
  Supervisor& supervisor_;
  std::vector<Server> servers_;
  std::map<std::string, std::string> addresses_;
};

}  // namespace cli
