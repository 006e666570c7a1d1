// Verifies facts that were exported as JSON lines against the log that they claim to be from.
//
// A line tells of one fact, with the members that GET /streams/… and the trail give it: the commit
// as `position` ("<incarnation>-<number>") or `commit` (a number), its `stream` and `version`, or
// both as the members `aggregate` and `version`, its `type` and `data`. Those and `time`, `actor`,
// `command`, `command_id`, `correlation_id` and `causation_id`, where they are there, must be what
// the log has; other members are not looked at. A page as the gateway answers it, {"items":[…]}, is
// as good as a line for each item.
#pragma once

#include <filesystem>

#include "replay/verify/mirror.hpp"
#include "replay/verify/policy.hpp"
#include "replay/verify/report.hpp"

namespace verify {

// Verifies the log first.
Report verify_events(
    const std::filesystem::path& lines, const Mirror& mirror, const Policy& policy);

}  // namespace verify
