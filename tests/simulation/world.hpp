// A whole simulated world, from one seed: a log, one or two machines that run engines, clients, and
// bad luck.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <vector>

namespace simulation {

struct Report {
  std::vector<std::string> faults;      // empty when every promise was kept
  std::map<std::string, int> happened;  // how often what the world is there to try out came about
};

// `trace` is told what happens, a line each.
Report simulate(std::uint64_t seed, const std::function<void(const std::string&)>& trace = {});

}  // namespace simulation
