// One line of text for what happens in a simulation, to follow one by eye.
#pragma once

#include <fmt/format.h>

#include "tests/simulation/journal.hpp"

namespace simulation {

inline std::string say(const Request& request) {
  return fmt::format(
      "{} {} of {} with {}",
      name_of(request.asked),
      stream_of(request.asked),
      request.client,
      request.key);
}

inline std::string say(engine::Failure failure) {
  switch (failure) {
    case engine::Failure::key_reused:
      return "key reused";
    case engine::Failure::too_large:
      return "too large";
    case engine::Failure::unavailable:
      return "unavailable";
    case engine::Failure::overloaded:
      return "overloaded";
    case engine::Failure::damaged:
      return "damaged";
    case engine::Failure::outcome_unknown:
      return "outcome unknown";
    case engine::Failure::too_early:
      return "too early";
  }
  return "?";
}

inline std::string say(const engine::Accepted& answer) {
  return fmt::format(
      "{} at {} of {}, version {}, {} events",
      answer.replayed ? "replayed" : "accepted",
      answer.position.commit,
      answer.stream,
      answer.version,
      answer.events.size());
}

inline std::string say(const engine::Rejected& answer) {
  return fmt::format("{} by {} at {}", answer.code, answer.stream, answer.position.commit);
}

inline std::string say(const engine::Stale& answer) {
  return fmt::format("stale, {} is at {}", answer.stream, answer.version);
}

inline std::string say(const engine::Answer& answer) {
  return std::visit([](const auto& one) { return say(one); }, answer);
}

}  // namespace simulation
