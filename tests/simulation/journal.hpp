// What clients asked and what they were answered, to be checked against the log when all is over.
#pragma once

#include <string>
#include <vector>

#include "commands/engine/port.hpp"
#include "commands/engine/streams.hpp"
#include "tests/simulation/asked.hpp"

namespace simulation {

using kernel::CommitNumber;
using kernel::Time;

// One command with one idempotency key. Two requests with the same key are one client's mistake.
struct Request {
  std::string client;
  std::string key;
  bool key_is_known = true;  // to the client; a generated one only with the first answer
  Asked asked;
  std::string digest;
  engine::CommandId id{};
  bool asks_again = false;
  int times_asked = 0;
};

// One attempt to have a request carried out.
struct Delivery {
  std::size_t request = 0;
  std::size_t machine = 0;
  std::optional<std::uint64_t> if_match;
  bool key_is_new = false;
  CommitNumber log_before = 0;  // commits in the log when it arrived
  std::size_t clock_read = 0;   // how often the machine's clock had been read by then

  bool crashed = false;  // the machine did, before it answered
  int answers = 0;
  engine::Answer answer;
  CommitNumber log_after = 0;  // commits in the log when it was answered
  Time earliest, latest;       // what the machine's clock may have shown when it was decided

  bool open() const { return answers == 0 && !crashed; }
};

struct Journal {
  std::vector<Request> requests;
  std::vector<Delivery> deliveries;
};

// Says how it ended, for good: asking again can only repeat it or, after a refusal, decide anew.
inline bool is_definite(const engine::Answer& answer) {
  const auto* failure = std::get_if<engine::Failure>(&answer);
  return !failure ||
         (*failure != engine::Failure::unavailable && *failure != engine::Failure::overloaded &&
          *failure != engine::Failure::outcome_unknown);
}

}  // namespace simulation
