// Strict JSON in, complete JSON out, both driven by the schema.
//
// The reader accepts exactly what the schema describes and reports every fault of a body at once,
// each with its path. It refuses what FlatBuffers' own parser lets pass: a missing field that is
// not (optional), a field the schema does not have, a duplicate key, a number in quotes (but see
// below), with a fraction, an exponent or out of its range, an unknown enum name, a comment, NUL,
// broken UTF-8, text after the end. `null` for an optional field means that it is absent.
//
// Conventions (docs/ARCHITECTURE.md, "The contract"): snake_case names as in the schema; times are
// RFC 3339 in UTC with up to six digits of fraction; integers beyond +-(2^53-1) are written as
// strings and accepted as strings, and only those; enums by name; bytes in base64; ids match
// [A-Za-z0-9_-]{1,64}, and where a field identifies something that exists already, several such
// parts joined by '~', at most 200 characters in all.
//
// Any thread; no state between calls.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "schemas/model.hpp"
#include "schemas/notation.hpp"

namespace schemas {

struct Fault {
  // A JSON pointer (RFC 6901): "/lines/0/quantity"; empty for the body as a whole.
  std::string path;
  // What is wanted: "a whole number is required, not a string".
  std::string message;
};

// A string field that the request's path gives, such as inventory_id in
// /inventory/reserve/{inventory_id}.
struct Given {
  std::string_view field;
  std::string_view value;
};

struct Parsed {
  std::string bytes;  // the table's FlatBuffer, when there are no faults
  std::vector<Fault> faults;
  bool ok() const { return faults.empty(); }
};

// Reads a body for `table`. What the path gives may be left out of the body, or be repeated there
// with the same value. An empty body counts as {}. The first 50 faults are told, none after what is
// not JSON at all. Throws std::logic_error when `given` names no string field of the table.
Parsed read_json(const Table& table, std::string_view json, std::span<const Given> given = {});

// Appends the table as JSON: every declared field in its declared order, null where an optional one
// is absent. Throws Corrupt when `bytes` is not a FlatBuffer of the table, whatever else it may be;
// `out` then ends in the middle.
void write_json(std::string& out, const Table& table, std::string_view bytes);
// Only one of its fields: the value, `null` when it is absent.
void write_json(std::string& out, const Table& table, const Field& field, std::string_view bytes);

// The same in the canonical form of RFC 8785, without the absent fields: equal commands give equal
// text.
std::string canonical_json(const Table& table, std::string_view bytes);

// Appends an integer, in quotes when not every JSON parser keeps it exact.
void write_integer(std::string& out, std::int64_t value);

// Appends `text` as a JSON string, quotes included; only what JSON requires is escaped, as RFC 8785
// has it. What is not UTF-8 in it becomes U+FFFD, so that the result is JSON whatever is given.
void write_text(std::string& out, std::string_view text);

}  // namespace schemas
