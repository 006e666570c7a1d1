// What an engine's loader finds in a streams store at the moment it reads.
#pragma once

#include "commands/engine/engine.hpp"

namespace simulation {

inline engine::Found read(const engine::Streams& streams, const engine::Wanted& wanted) {
  engine::Found found;
  if (const auto number = wanted.id ? streams.decided_by(*wanted.id) : std::nullopt) {
    found.earlier = streams.commit(*number);
    return found;
  }
  for (const auto& stream : wanted.streams)
    found.aggregates.emplace_back(stream, streams.load(stream));
  return found;
}

}  // namespace simulation
