// The small demo that `construct up` loads into an empty data folder, through the public API.
#pragma once

#include <cstdint>

namespace cli {

// Throws std::runtime_error when the gateway does not take it.
void load_demo(std::uint16_t port);

}  // namespace cli
