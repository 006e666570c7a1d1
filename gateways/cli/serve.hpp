// The verbs that run until they are told to stop: engine, gateway, project, flows, effects, audit,
// feed. Several may share a process.
#pragma once

#include <string>
#include <vector>

#include "gateways/cli/config.hpp"

namespace cli {

// What a process that does this is called, for people: "engine+gateway", or "folds" for several of
// those that only fold.
std::string name_of(const std::vector<std::string>& verbs);

// Drains on SIGTERM and returns 0; returns 1 after saying why it cannot go on. Throws UsageError or
// std::runtime_error when it cannot start.
int serve(const std::vector<std::string>& verbs, const Config& config);

}  // namespace cli
