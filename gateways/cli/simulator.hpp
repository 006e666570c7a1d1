// The verb simulator: plays the card company, so it shares no process with Construct.
#pragma once

#include "gateways/cli/config.hpp"

namespace cli {

// Drains on SIGTERM and returns 0. Throws UsageError or std::runtime_error when it cannot start.
int simulate(const Config& config);

}  // namespace cli
