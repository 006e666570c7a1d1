// `construct verify`: what an auditor runs, on files alone. It opens no socket: it is linked with
// nothing that could.
#pragma once

#include <string>
#include <vector>

namespace verify {

// The words behind `verify`; prints, and returns the exit status: 0 verified, 1 not verified, 2
// the words or a file of the user's are unusable, 3 incomplete.
int run(const std::vector<std::string>& words);

}  // namespace verify
