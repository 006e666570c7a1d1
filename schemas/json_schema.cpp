#include "schemas/json_schema.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <stdexcept>
#include <vector>

#include "schemas/notation.hpp"
#include "schemas/wire.hpp"

namespace schemas {
namespace {

using Json = nlohmann::ordered_json;

// Beyond this depth of tables an example is cut short; only a table that contains itself gets
// there.
constexpr int example_depth_max = 8;

constexpr std::string_view example_time = "2026-11-21T05:25:00Z";

// A whole number as JSON has it: a string where a number would not be exact.
Json integer_json(std::int64_t value) {
  return is_exact_integer(value) ? Json(value) : Json(std::to_string(value));
}

// ---- The schema of one field ----

Json integer_schema(const Field& field) {
  const auto minimum = std::max(field.minimum, -exact_integer_max);
  const auto maximum = std::min(field.maximum, exact_integer_max);
  const bool wide = field.type.kind == Kind::int64 || field.type.kind == Kind::uint64 ||
                    field.type.kind == Kind::uint32;
  Json schema{
      {"type", "integer"},
      {"format", wide ? "int64" : "int32"},
      {"minimum", minimum},
      {"maximum", maximum}};
  if (minimum == field.minimum && maximum == field.maximum) return schema;
  // `minimum` and `maximum` speak of numbers only, `pattern` of strings.
  schema["type"] = {"integer", "string"};
  schema["pattern"] = "^-?[1-9][0-9]{15,18}$";
  return schema;
}

Json text_schema(const Field& field) {
  Json schema{{"type", "string"}};
  if (field.meaning == Meaning::coined_id) schema["pattern"] = coined_id_pattern;
  if (field.meaning == Meaning::reference_id) {
    schema["pattern"] = reference_id_pattern;
    schema["maxLength"] = reference_id_size_max;
  }
  return schema;
}

Json enum_schema(const Enum& type) {
  Json schema{{"type", "string"}, {"enum", Json::array()}};
  for (const auto& value : type.values) schema["enum"].push_back(value.name);
  return schema;
}

Json item_schema(const Field& field) {
  if (field.meaning == Meaning::time)
    return {{"type", "string"}, {"format", "date-time"}, {"pattern", time_pattern}};
  switch (field.type.kind) {
    case Kind::boolean:
      return {{"type", "boolean"}};
    case Kind::enumeration:
      return enum_schema(*field.type.enumeration);
    case Kind::text:
      return text_schema(field);
    case Kind::bytes:
      return {{"type", "string"}, {"contentEncoding", "base64"}};
    case Kind::table:
      return {{"$ref", "#/components/schemas/" + field.type.table->name}};
    default:
      return integer_schema(field);
  }
}

// Allows null besides what the schema allows.
Json nullable(Json schema) {
  if (schema.contains("$ref")) return {{"anyOf", {std::move(schema), {{"type", "null"}}}}};
  auto& type = schema["type"];
  if (type.is_string()) type = Json::array({type});
  type.push_back("null");
  if (schema.contains("enum")) schema["enum"].push_back(nullptr);
  return schema;
}

// ---- Examples ----

[[noreturn]] void refuse_example(const Table& table, const Field& field, std::string_view wanted) {
  throw std::invalid_argument(fmt::format(
      "{}.{}.{}: its example is to be {}", table.context, table.name, field.name, wanted));
}

// The schema's own example of a field; of a list's item when it is one.
Json given_example(const Table& table, const Field& field) {
  const auto& text = field.example;
  const auto kind = field.type.kind;
  if (field.meaning == Meaning::time && !parse_time(text))
    refuse_example(table, field, "a time in RFC 3339");
  if (field.meaning == Meaning::coined_id && !is_coined_id(text))
    refuse_example(table, field, "an id");
  if (field.meaning == Meaning::reference_id && !is_reference_id(text))
    refuse_example(table, field, "an id");
  if (kind == Kind::text || field.meaning == Meaning::time) return text;
  if (kind == Kind::boolean && (text == "true" || text == "false")) return text == "true";
  if (kind == Kind::enumeration && field.type.enumeration->value(text)) return text;
  if (const auto value = parse_integer(text); value && is_integer(kind)) {
    if (*value < field.minimum || *value > field.maximum)
      refuse_example(table, field, "in the field's range");
    return integer_json(*value);
  }
  refuse_example(table, field, "of the field's type");
}

Json example_object(const Table& table, int depth);

std::string lower(std::string text) {
  for (char& c : text)
    if ('A' <= c && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  return text;
}

// Something that fits, where the schema has no example.
Json default_example(const Field& field, int depth) {
  if (field.meaning == Meaning::time) return example_time;
  switch (field.type.kind) {
    case Kind::boolean:
      return true;
    case Kind::enumeration:
      return field.type.enumeration->values.front().name;
    case Kind::text:
      return field.identifies.empty() ? "text" : lower(field.identifies) + "-1";
    case Kind::bytes:
      return "AAEC";
    case Kind::table:
      return example_object(*field.type.table, depth + 1);
    default:
      return integer_json(std::clamp<std::int64_t>(1, field.minimum, field.maximum));
  }
}

Json example_value(const Table& table, const Field& field, int depth) {
  if (field.type.list && field.type.table && depth >= example_depth_max) return Json::array();
  Json item = field.example.empty() ? default_example(field, depth) : given_example(table, field);
  return field.type.list ? Json::array({std::move(item)}) : item;
}

Json example_object(const Table& table, int depth) {
  Json object = Json::object();
  for (const auto& field : table.fields) {
    if (!field.optional || !field.example.empty())
      object[field.name] = example_value(table, field, depth);
    else if (table.role != Role::command)
      object[field.name] = nullptr;
  }
  return object;
}

std::string description(const Field& field) {
  if (field.meaning != Meaning::money) return field.comment;
  return field.comment + (field.comment.empty() ? "" : " ") +
         "In minor units of the currency beside it.";
}

Json field_schema(const Table& table, const Field& field) {
  Json schema = item_schema(field);
  if (field.type.list) schema = {{"type", "array"}, {"items", std::move(schema)}};
  if (field.optional) schema = nullable(std::move(schema));
  if (const auto text = description(field); !text.empty()) schema["description"] = text;
  if (!field.example.empty()) schema["examples"] = {example_value(table, field, 0)};
  return schema;
}

}  // namespace

Json json_schema(const Field& field) { return item_schema(field); }

Json json_schema(const Table& table) {
  Json schema{{"type", "object"}};
  if (!table.comment.empty()) schema["description"] = table.comment;
  schema["properties"] = Json::object();
  schema["required"] = Json::array();
  for (const auto& field : table.fields) {
    schema["properties"][field.name] = field_schema(table, field);
    // Rows and facts are only ever written, and then whole.
    const bool always_there = table.role == Role::row || table.role == Role::fact;
    if (!field.optional || always_there) schema["required"].push_back(field.name);
  }
  if (table.role == Role::command) schema["additionalProperties"] = false;
  return schema;
}

Json example_json(const Table& table) { return example_object(table, 0); }

}  // namespace schemas
