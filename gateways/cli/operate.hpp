// The verbs of an operator: they ask what runs on a data folder, print, and end.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "gateways/cli/config.hpp"

namespace cli {

// What the process ends with; nothing when these are not an operator's verbs. Throws UsageError or
// std::runtime_error with a sentence.
std::optional<int> operate(const Config& config, const std::vector<std::string>& words);

}  // namespace cli
