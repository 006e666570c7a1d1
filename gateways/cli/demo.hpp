// The demo that `construct up` loads into an empty data folder, through the public API: a small
// shop's week, 50 products and 200 orders. Of some payments the gateway's answer is lost, of a few
// the question, so for some seconds there is something to see in /flows and /effects.
#pragma once

#include <cstdint>

namespace cli {

enum class Payments : std::uint8_t { none, simulated };

// Without a simulated payment gateway there are no orders, as nobody could pay for them. Throws
// std::runtime_error when the demo is not taken.
void load_demo(std::uint16_t port, Payments payments);

}  // namespace cli
