// Verifies facts that were exported as JSON lines against the log that they claim to be from.
//
// A line tells of one fact, in one of two forms:
//
// - a CloudEvent, as `construct replay` and the feed write them (domain/fold/cloud_event.hpp): each
//   of its members must be there, as the log has it;
// - an item as GET /streams/… and the trail give it: with the commit as `position`
//   ("<incarnation>-<number>") or `commit` (a number), and `type`, `version` and `data`. Those and
//   `stream`, `time`, `actor`, `command`, `command_id`, `correlation_id`, `causation_id` and, of a
//   refusal, `rejection`, where they are there, must be what the log has. A page as the gateway
//   answers it, {"items":[…]}, is as good as a line for each item.
//
// Members that the form does not have are not looked at.
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
