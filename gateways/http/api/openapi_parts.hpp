// The parts of the API document that all operations share.
#pragma once

#include <initializer_list>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "schemas/model.hpp"

namespace http::openapi_parts {

using Json = nlohmann::ordered_json;

// {"schema": {"$ref": …}} under a media type.
Json media(std::string_view type, std::string_view schema);
Json reference(std::string_view kind, std::string_view name);  // "#/components/<kind>/<name>"

// An answer's headers, of those that shared_headers() describes.
Json answer_headers(std::initializer_list<std::string_view> names);

// The problem responses for these codes, by status; each lists its codes.
void add_problems(Json& responses, std::vector<std::string> codes);

// "post_inventory_reserve_inventory_id"; the method and the path's words.
std::string operation_id(std::string_view method, std::string_view pattern);

// A path's parameters; their examples and descriptions are those of the table's fields of the same
// names.
Json path_parameters(std::string_view pattern, const schemas::Table* table);

// Every schema the document refers to: commands, facts, rows, what they hold, and the envelopes
// around them.
Json schemas_of(const schemas::Schema& schema);
Json shared_parameters();
Json shared_headers();

}  // namespace http::openapi_parts
