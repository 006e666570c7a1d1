// Turns a context's schema into C++: plain structs for contexts to include, and their codec for the
// linker.
#pragma once

#include <string>
#include <string_view>

#include "schemas/model.hpp"

namespace schemas::compiler {

// `<context>.hpp`: enums, a struct per table, the variants `<Aggregate>Command` and
// `<Aggregate>Fact`. Light: it includes schemas/types.hpp and nothing of FlatBuffers.
std::string emit_header(const Schema& schema, std::string_view context);

// `<context>.cpp`: encode and decode of every table, and the names of the enums.
std::string emit_source(const Schema& schema, std::string_view context);

// `platform.cpp`: schemas::platform(), made from the binary schemas given as (name, bytes).
std::string emit_platform(const std::vector<std::pair<std::string, std::string>>& binary_schemas);

}  // namespace schemas::compiler
