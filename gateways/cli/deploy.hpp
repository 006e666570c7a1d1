// What a deployment on several machines is made of, where `construct up` does not supervise it
// (docs/DEPLOY.md).
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "gateways/cli/config.hpp"

namespace cli {

// Writes into a new folder: the configuration of a nats-server for each host, the address of the
// log for each kind of process, and the key of digests. Throws std::runtime_error with a sentence.
int write_deployment(const std::filesystem::path& folder, const std::vector<std::string>& hosts);

// Makes the log's stream on the servers at `nats_url`, the operator's, or checks the one that is
// there. Throws std::runtime_error with a sentence.
int create_log(const Config& config);

}  // namespace cli
