// `construct up`: a private nats-server and every process of Construct, supervised.
#pragma once

#include "gateways/cli/config.hpp"

namespace cli {

// Runs until SIGTERM or Ctrl-C; returns the exit status. Throws std::runtime_error with a sentence
// that says what to do.
int up(const Config& config, const std::string& self);

}  // namespace cli
