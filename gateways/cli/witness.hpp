// `construct witness`: cosigns checkpoints of logs that others run.
//
//   DATA/witness/key                  its key, made at the first start
//   DATA/witness/<SHA-256 of origin>  the last checkpoint of that log that it has signed
//
// Its claim is worth something where it is run by somebody else than the log, on another machine.
#pragma once

#include "gateways/cli/config.hpp"

namespace cli {

// Runs until SIGTERM; returns the exit status. Throws UsageError or std::runtime_error.
int witness(const Config& config);

}  // namespace cli
