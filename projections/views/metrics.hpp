// What Prometheus is told of the views that a process folds.
#pragma once

#include <string>
#include <vector>

#include "domain/fold/store.hpp"
#include "projections/views/view.hpp"

namespace views {

struct Folded {
  const ViewType& type;
  const fold::Reads& store;
};

// Any thread; two point reads for each view.
std::string metrics(const std::vector<Folded>& views);

}  // namespace views
