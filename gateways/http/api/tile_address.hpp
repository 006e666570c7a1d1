// Where a tile is, as c2sp.org/tlog-tiles writes it into an address.
//
// Any thread; no state.
#pragma once

#include <cstdint>
#include <optional>
#include <span>

#include "schemas/json.hpp"

namespace http {

// The place of a tile in its level, and how many hashes of it are wanted.
struct TileAddress {
  std::uint64_t index = 0;
  std::uint64_t width = 256;
};
// Of the segments "x001", "x234", "067" or "x001", "067.p", "12". Absent when that is no such
// thing.
std::optional<TileAddress> parse_tile(std::span<const schemas::Given> segments);

}  // namespace http
