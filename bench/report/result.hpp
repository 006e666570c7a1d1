// What a row of the bench found: a figure of ours, beside what it is held against.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace report {

enum class Unit : std::uint8_t { per_second, milliseconds, seconds, bytes, mebibytes };

// What must hold of the figure itself, or of its ratio to what it is held against.
struct Goal {
  enum class Of : std::uint8_t { ratio, ours };
  enum class Is : std::uint8_t { at_least, at_most };

  Of of;
  Is is;
  double value;
};
inline Goal ratio_at_least(double value) { return {Goal::Of::ratio, Goal::Is::at_least, value}; }
inline Goal ratio_at_most(double value) { return {Goal::Of::ratio, Goal::Is::at_most, value}; }
inline Goal ours_at_least(double value) { return {Goal::Of::ours, Goal::Is::at_least, value}; }
inline Goal ours_at_most(double value) { return {Goal::Of::ours, Goal::Is::at_most, value}; }

struct Result {
  std::string name;  // of its picture, and in the history
  std::string what;
  Unit unit = Unit::per_second;
  std::string against = {};  // what it is held against; empty: nothing
  std::optional<double> ours = {}, ceiling = {};
  std::vector<Goal> goals = {};  // all must hold; none: a figure to know
  std::string note = {};         // what else was seen; or why there is no figure

  std::optional<double> ratio() const {
    if (!ours || !ceiling || *ceiling == 0) return std::nullopt;
    return *ours / *ceiling;
  }
  // Nothing when there is no goal, or no figure to judge by.
  std::optional<bool> met() const {
    std::optional<bool> all;
    for (const auto& goal : goals) {
      const auto figure = goal.of == Goal::Of::ratio ? ratio() : ours;
      if (!figure) return std::nullopt;
      const bool holds =
          goal.is == Goal::Is::at_least ? *figure >= goal.value : *figure <= goal.value;
      all = all.value_or(true) && holds;
    }
    return all;
  }
};

}  // namespace report
