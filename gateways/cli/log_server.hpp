// The private nats-server that holds the log of a data folder, or the three of a cluster.
#pragma once

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

// Starts the program, as many times as there are to be servers, on the folder's log, under the
// supervisor, with users and passwords of its own, and makes the log's stream where there is none.
// The operator's address is left in the folder for the verbs that operate what runs there. Returns
// the address of each user by its name. Throws std::runtime_error with a sentence where another
// number of servers keeps the log.
std::map<std::string, std::string> start_log_server(
    const std::filesystem::path& program,
    unsigned servers,
    const Folders& folders,
    const Console& console,
    Supervisor& supervisor);

}  // namespace cli
