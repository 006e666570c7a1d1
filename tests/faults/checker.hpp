// What must be true of a log, whatever failed while it was written, and of what clients were told
// meanwhile. A model of its own: it knows the facts' names and what they mean for stock and money,
// and nothing of how the platform decides.
#pragma once

#include <string>
#include <vector>

#include "tests/faults/ledger.hpp"
#include "tests/faults/market.hpp"

namespace faults {

// A sentence for each thing that is wrong.
std::vector<std::string> check(const std::vector<Commit>& log, const std::vector<Told>& told);

// The status of every order, and what is left of every stock item, as the log has them.
struct Outcome {
  std::map<std::string, std::string> orders;
  std::map<std::string, std::int64_t> available;
};
Outcome outcome(const std::vector<Commit>& log);

}  // namespace faults
