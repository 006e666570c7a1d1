// A place that holds stock.
#pragma once

#include "domain/kernel/decider.hpp"
#include "schemas/inventory.hpp"

namespace inventory {

struct Location {
  LocationType type = LocationType::warehouse;
  std::string address;
  bool registered = false;
};

inline void evolve(Location& location, const LocationRegistered& fact) {
  location = {.type = fact.type, .address = fact.address, .registered = true};
}

}  // namespace inventory
