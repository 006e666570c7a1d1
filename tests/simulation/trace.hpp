// What happens in a simulation, a line each, for whoever wants to follow it by eye; costs nothing
// when nobody does.
#pragma once

#include <fmt/format.h>

#include <functional>
#include <string>
#include <utility>

#include "tests/simulation/timeline.hpp"

namespace simulation {

class Trace {
 public:
  using Out = std::function<void(const std::string&)>;

  Trace(const Timeline& timeline, Out out) : timeline_{timeline}, out_{std::move(out)} {}

  // `line` makes the line.
  template <class Line>
  void operator()(Line&& line) const {
    if (out_) out_(fmt::format("{:>9} {}", timeline_.now().count(), line()));
  }

 private:
  const Timeline& timeline_;
  Out out_;
};

}  // namespace simulation
