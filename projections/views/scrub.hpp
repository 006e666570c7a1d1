// Reading a view's store from end to end, so that damage on the disk shows before somebody asks for
// the row that it hit. Checksums are the store's: what it gives is what was written.
//
// Any thread.
#pragma once

#include <functional>

#include "domain/fold/store.hpp"

namespace views {

struct ViewType;

// Reads all of it, unless `stopped` says so first. Throws fold::StoreFailed, which names the table
// and the last key before the damage.
void scrub(const ViewType& view, const fold::Reads& store, const std::function<bool()>& stopped);

}  // namespace views
