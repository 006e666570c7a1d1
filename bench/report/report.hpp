// What a run found, as people and programs read it.
#pragma once

#include <string>
#include <vector>

#include "bench/report/result.hpp"

namespace report {

struct Run {
  std::string at;      // RFC 3339
  std::string commit;  // of what was measured
  double load = 0;     // of the machine before, by others (load average of a minute)
  std::vector<Result> results;
};

// A table for a terminal or a Markdown page; notes below it.
std::string to_table(const std::vector<Result>& results);

std::string to_json(const Run& run);

// The lines that a run adds to a history that is kept as CSV, and the line such a file begins with.
std::string csv_head();
std::string to_csv(const Run& run);

// A picture (SVG): bars of ours and of what it is held against, and a mark for the goal.
std::string to_svg(const Result& result);

}  // namespace report
