// Verifies a whole log from a mirror of it: everything is computed anew from the entries and the
// commits, and compared with what the tiles and the signed checkpoint say.
//
// Memory: a tile of each level, and one commit; the log may be of any length.
#pragma once

#include <optional>
#include <string>

#include "replay/verify/mirror.hpp"
#include "replay/verify/policy.hpp"
#include "replay/verify/report.hpp"

namespace verify {

struct LogOptions {
  bool commits = true;               // false: those are not to be had, and not missed
  std::optional<std::string> since;  // a checkpoint seen before, which this log must continue
};

Report verify_log(const Mirror& mirror, const Policy& policy, const LogOptions& options);

// Whether the tree of `now` continues that of `before`, by the leaf hashes of the mirror.
Report verify_consistency(
    const std::string& before, const std::string& now, const Mirror& mirror, const Policy& policy);

// One commit, by its proof.
Report verify_proof(const std::string& proof, const std::string& commit, const Policy& policy);

// Two checkpoints of one log: if they contradict each other, both signed, that is the evidence of
// it, which needs nothing else to convince a third.
Report compare(const std::string& one, const std::string& other, const Policy& policy);

}  // namespace verify
