// The evolution gate: what may not change between a release and the next, because facts are stored
// for ever and clients outlive releases. Both gates return one sentence per breach, none when all
// is well.
//
// Any thread; no state.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "schemas/model.hpp"

namespace schemas {

// Allowed are new tables, new optional fields at the end, new enum values, wider ranges, required
// fields that become optional, and new rejections. Snapshots may change at will, as they are made
// anew; so are rows, which may also gain required fields, but must go on giving what their readers
// know.
std::vector<std::string> breaks(const Schema& released, const Schema& current);

// The same for two OpenAPI 3.1 documents: operations, parameters, request and response fields,
// status codes.
std::vector<std::string> breaks_api(
    const nlohmann::json& released_openapi, const nlohmann::json& current_openapi);

}  // namespace schemas
