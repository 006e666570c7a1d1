// The rows of the bench: each measures ours and what it is held against, in turn, in one run.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "bench/report/result.hpp"

namespace rows {

using report::Result;
// Hears, as a few words, what is being measured.
using Say = std::function<void(std::string_view)>;

struct Row {
  std::string_view name;
  std::string_view what;
  std::vector<Result> (*measure)(const Say& say);
  bool only_by_name;  // takes too long to be part of every run
};

// In the order in which they run.
const std::vector<Row>& all();

std::vector<Result> commands(const Say& say);
std::vector<Result> peers(const Say& say);
std::vector<Result> ndjson(const Say& say);
std::vector<Result> lone(const Say& say);
std::vector<Result> get(const Say& say);
std::vector<Result> visible(const Say& say);
std::vector<Result> hot(const Say& say);
std::vector<Result> mixed(const Say& say);
std::vector<Result> rebuild(const Say& say);
std::vector<Result> replay(const Say& say);
std::vector<Result> cluster(const Say& say);
std::vector<Result> scale(const Say& say);
std::vector<Result> soak(const Say& say);

}  // namespace rows
