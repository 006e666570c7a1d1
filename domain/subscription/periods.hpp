// When billing periods begin: period n begins n intervals after the anchor, by the calendar and the
// clocks of the subscriber's zone. It is counted from the anchor always and never from the period
// before, so that what begins on the 31st of January goes on at the end of February and on the 31st
// of March.
#pragma once

#include "domain/kernel/civil.hpp"
#include "schemas/subscription.hpp"

namespace subscription {

using kernel::LocalTime;
using schemas::Time;

struct Period {
  std::int64_t index = 0;
  Time start;
  Time end;  // where the next one starts
  bool operator==(const Period&) const = default;
};

// How periods follow each other.
struct Cycle {
  LocalTime anchor;  // on the walls of the zone, when period 0 begins
  Interval interval = Interval::month;
  std::int64_t interval_count = 1;
};

// For index >= 1. Period 0 begins when it was said to, which may be the second time that its walls
// showed the anchor.
Time start_of(const Cycle& cycle, std::int64_t index, std::string_view zone);

}  // namespace subscription
