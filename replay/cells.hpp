// A fact's fields as cells of a table: CSV's, a database's.
//
// Any thread; no state.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>

#include "schemas/model.hpp"

namespace replay {

// Absent; a number, a truth as 0 or 1; text: times as RFC 3339, enums by name, what is no single
// value as JSON.
using Cell = std::variant<std::monostate, std::int64_t, std::string>;

// Throws schemas::Corrupt.
Cell cell_of(const schemas::Table& table, const schemas::Field& field, std::string_view bytes);

}  // namespace replay
