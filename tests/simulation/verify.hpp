// Whether the answers that clients got, and the log, keep what the engine promises. Each fault is a
// sentence.
#pragma once

#include <string>
#include <vector>

#include "tests/simulation/chain.hpp"
#include "tests/simulation/journal.hpp"
#include "tests/simulation/memory_store.hpp"

namespace simulation {

struct Evidence {
  const Journal& journal;
  const Chain& chain;
  const MemoryLog& log;
};

// Every commit is what its command must come to at that place, and somebody asked for it.
std::vector<std::string> faults_of_log(const Evidence& evidence);
// Every answer is true, and was true when it was given.
std::vector<std::string> faults_of_answers(const Evidence& evidence);
// A streams store holds what a fold of the whole log in one go makes.
std::vector<std::string> faults_of_store(const MemoryStore& store, const MemoryLog& log);

}  // namespace simulation
