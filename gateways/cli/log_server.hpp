// The private nats-server that holds the log of a data folder.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "gateways/cli/config.hpp"
#include "gateways/cli/folders.hpp"
#include "gateways/cli/supervisor.hpp"

namespace cli {

// The program, new enough. Throws std::runtime_error with a sentence that says how to get it.
std::filesystem::path find_nats_server(const Config& config);

// Starts the program on the folder's log, under the supervisor, with users and passwords of its
// own, and makes the log's stream where there is none. The operator's address is left in the
// folder for the verbs that operate what runs there. Returns the address of each user by its name.
std::map<std::string, std::string> start_log_server(
    const std::filesystem::path& program,
    const Folders& folders,
    const Console& console,
    Supervisor& supervisor);

}  // namespace cli
