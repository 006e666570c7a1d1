// A location is registered once.
#pragma once

#include "domain/inventory/location.hpp"

namespace inventory {

using LocationDecider = kernel::Decider<LocationSchema, Location>;

inline LocationDecider::Decision decide(const Location& location, const RegisterLocation& command) {
  if (location.registered) return Rejection::code_taken;
  return LocationRegistered{.type = command.type, .address = command.address};
}

}  // namespace inventory
