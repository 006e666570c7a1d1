#include "domain/subscription/periods.hpp"

namespace subscription {
namespace {

LocalTime wall_of(const Cycle& cycle, std::int64_t index) {
  const auto count = index * cycle.interval_count;
  switch (cycle.interval) {
    case Interval::day:
      return kernel::plus_days(cycle.anchor, count);
    case Interval::week:
      return kernel::plus_days(cycle.anchor, 7 * count);
    case Interval::month:
      return kernel::plus_months(cycle.anchor, count);
    case Interval::year:
      break;
  }
  return kernel::plus_months(cycle.anchor, 12 * count);
}

}  // namespace

Time start_of(const Cycle& cycle, std::int64_t index, std::string_view zone) {
  return kernel::instant_of(wall_of(cycle, index), zone);
}

}  // namespace subscription
