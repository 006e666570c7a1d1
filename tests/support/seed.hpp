// Numbers from the environment, by which a run is repeated or made longer.
#pragma once

#include <doctest/doctest.h>

#include <cstdint>
#include <cstdlib>
#include <optional>
#include <random>

namespace support {

inline std::optional<std::uint64_t> number_from(const char* variable) {
  const char* text = std::getenv(variable);
  if (!text) return std::nullopt;
  return std::strtoull(text, nullptr, 10);
}

// Another one each time, unless CONSTRUCT_SEED says which.
inline std::uint64_t seed() {
  const auto given = number_from("CONSTRUCT_SEED");
  const auto chosen = given ? *given : std::random_device{}();
  MESSAGE("CONSTRUCT_SEED=", chosen);
  return chosen;
}

}  // namespace support
