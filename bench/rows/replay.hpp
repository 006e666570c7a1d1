// What rows that have filled a log may measure of its replay.
#pragma once

#include "bench/rows/row.hpp"
#include "tests/e2e/deployment.hpp"

namespace rows {

Result replay_of(const e2e::Deployment& ours, const Say& say);

}  // namespace rows
