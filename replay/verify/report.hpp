// What a verification came to, for people and for machines.
#pragma once

#include <string>
#include <vector>

namespace verify {

// Also the exit status.
enum class Result { verified = 0, not_verified = 1, unusable = 2, incomplete = 3 };

struct Check {
  std::string name;  // "checkpoint", "tree", "commits"
  Result result = Result::verified;
  std::string detail;  // a sentence without its full stop
};

struct Report {
  std::vector<Check> checks;

  void add(std::string name, std::string detail) {
    checks.push_back({std::move(name), Result::verified, std::move(detail)});
  }
  // What is wrong weighs more than what is missing.
  Result result() const;
};

std::string to_text(const Report& report);
std::string to_json(const Report& report);  // {"result":"verified","checks":[{…}]}

}  // namespace verify
