// What a table's JSON looks like, told to others: its JSON Schema and an example, for the API
// document.
//
// Any thread; no state.
#pragma once

#include <nlohmann/json.hpp>

#include "schemas/model.hpp"

namespace schemas {

// JSON Schema 2020-12, as OpenAPI 3.1 has it among its components; other tables are referred to as
// "#/components/schemas/<Name>". A command requires the fields that have to be given and allows no
// others; a row or a fact requires all its fields, as it is always written whole, and may grow new
// ones.
nlohmann::ordered_json json_schema(const Table& table);

// Of one value of the field; of a list's item when it is one.
nlohmann::ordered_json json_schema(const Field& field);

// A body of the table: the schema's examples, and where it has none something that fits. Optional
// fields without an example are left out of a command and null in anything else. Throws
// std::invalid_argument with a sentence when an example of the schema does not fit its field.
nlohmann::ordered_json example_json(const Table& table);

}  // namespace schemas
