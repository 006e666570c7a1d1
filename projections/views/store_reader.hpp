// A view's reader over the store that its projector writes.
#pragma once

#include <memory>

#include "projections/views/view.hpp"

namespace views {

// `store` has the families of `view`, and outlives the reader.
std::unique_ptr<Reader> make_reader(const ViewType& view, fold::Followed& store);

}  // namespace views
