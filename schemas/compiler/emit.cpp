#include "schemas/compiler/emit.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <map>
#include <set>
#include <vector>

namespace schemas::compiler {
namespace {

using Out = std::back_insert_iterator<std::string>;

std::string scalar(Kind kind) {
  switch (kind) {
    case Kind::boolean:
      return "bool";
    case Kind::int8:
      return "std::int8_t";
    case Kind::int16:
      return "std::int16_t";
    case Kind::int32:
      return "std::int32_t";
    case Kind::int64:
      return "std::int64_t";
    case Kind::uint8:
      return "std::uint8_t";
    case Kind::uint16:
      return "std::uint16_t";
    case Kind::uint32:
      return "std::uint32_t";
    case Kind::uint64:
      return "std::uint64_t";
    default:
      return "";
  }
}

std::string type_of(const Field& field) {
  const auto& type = field.type;
  std::string name = scalar(type.kind);
  if (type.kind == Kind::enumeration)
    name = type.enumeration->context + "::" + type.enumeration->name;
  if (type.kind == Kind::table) name = type.table->context + "::" + type.table->name;
  if (type.kind == Kind::bytes) name = "schemas::Bytes";
  if (type.kind == Kind::text)
    name = field.identifies.empty() ? "std::string"
                                    : fmt::format("schemas::Id<\"{}\">", field.identifies);
  if (field.meaning == Meaning::time) name = "schemas::Time";
  if (type.list) name = fmt::format("std::vector<{}>", name);
  return field.optional ? fmt::format("std::optional<{}>", name) : name;
}

void comment(Out out, std::string_view text, std::string_view indent) {
  if (!text.empty()) fmt::format_to(out, "{}// {}\n", indent, text);
}

// A context's tables, each after those it has as parts.
std::vector<const Table*> ordered(const Schema& schema, std::string_view context) {
  std::vector<const Table*> sorted;
  std::set<const Table*> seen;
  const auto visit = [&](const auto& self, const Table& table) -> void {
    if (table.context != context || !seen.insert(&table).second) return;
    for (const auto& field : table.fields)
      if (field.type.table) self(self, *field.type.table);
    sorted.push_back(&table);
  };
  for (const auto& table : schema.tables()) visit(visit, table);
  return sorted;
}

void emit_enum(Out out, const Enum& type) {
  fmt::format_to(out, "enum class {} : std::uint8_t {{\n", type.name);
  for (const auto& value : type.values) {
    comment(out, value.comment, "  ");
    fmt::format_to(out, "  {} = {},\n", value.name, value.number);
  }
  fmt::format_to(out, "}};\nstd::string_view name_of({} value);\n\n", type.name);
}

void emit_struct(Out out, const Table& table) {
  comment(out, table.comment, "");
  fmt::format_to(
      out,
      "struct {} {{\n  static constexpr std::string_view type_name = \"{}\";\n",
      table.name,
      table.name);
  for (const auto& field : table.fields) {
    comment(out, field.comment, "  ");
    fmt::format_to(out, "  {} {}{{}};\n", type_of(field), field.name);
  }
  if (table.role == Role::command) {
    const auto& address = table.address();
    fmt::format_to(
        out,
        "  // The {}'s; this command {}.\n"
        "  const std::string& aggregate_id() const {{ return {}.text(); }}\n"
        "  static constexpr bool coins_aggregate = {};\n",
        table.aggregate,
        address.meaning == Meaning::coined_id ? "may begin it" : "needs it to exist",
        address.name,
        address.meaning == Meaning::coined_id);
  }
  fmt::format_to(
      out,
      "  bool operator==(const {0}&) const = default;\n}};\n"
      "std::string encode(const {0}& value);\n"
      "void decode(std::string_view bytes, {0}& value);\n\n",
      table.name);
}

void emit_variants(Out out, const std::vector<const Table*>& tables) {
  std::map<std::string, std::string> lists;  // "StockItemFact" to "A, B"
  for (const auto* table : tables) {
    if (table->role != Role::fact && table->role != Role::command) continue;
    auto& list = lists[table->aggregate + (table->role == Role::fact ? "Fact" : "Command")];
    if (!list.empty()) list += ", ";
    list += table->name;
  }
  for (const auto& [name, list] : lists)
    fmt::format_to(out, "using {} = std::variant<{}>;\n", name, list);
  std::set<std::string> aggregates;
  for (const auto* table : tables)
    if (table->role == Role::fact && lists.contains(table->aggregate + "Command"))
      aggregates.insert(table->aggregate);
  for (const auto& name : aggregates)
    fmt::format_to(
        out,
        "\n// What the schema says of the aggregate {0}.\n"
        "struct {0}Schema {{\n"
        "  static constexpr std::string_view context = \"{1}\", name = \"{0}\";\n"
        "  using Fact = {0}Fact;\n  using Command = {0}Command;\n  using Rejection = "
        "{1}::Rejection;\n}};\n",
        name,
        tables.front()->context);
}

}  // namespace

std::string emit_header(const Schema& schema, std::string_view context) {
  std::string text;
  const Out out{text};
  fmt::format_to(
      out, "// Made from schemas/{}.fbs by the schema compiler.\n#pragma once\n\n", context);
  const auto tables = ordered(schema, context);
  std::set<std::string> includes{"schemas/types.hpp"};
  for (const auto* table : tables)
    for (const auto& field : table->fields)
      if (field.type.table && field.type.table->context != context)
        includes.insert("schemas/" + field.type.table->context + ".hpp");
  for (const auto& include : includes) fmt::format_to(out, "#include \"{}\"\n", include);
  fmt::format_to(out, "\nnamespace {} {{\n\n", context);
  for (const auto& type : schema.enums())
    if (type.context == context) emit_enum(out, type);
  for (const auto* table : tables) emit_struct(out, *table);
  emit_variants(out, tables);
  fmt::format_to(out, "\n}}  // namespace {}\n", context);
  return text;
}

std::string emit_source(const Schema& schema, std::string_view context) {
  std::string text;
  const Out out{text};
  fmt::format_to(
      out,
      "// Made from schemas/{0}.fbs by the schema compiler.\n#include "
      "\"schemas/{0}.hpp\"\n\n#include \"schemas/codec.hpp\"\n\n",
      context);
  const auto tables = ordered(schema, context);
  fmt::format_to(out, "namespace schemas::codec {{\n\n");
  for (const auto* table : tables) {
    const auto full = fmt::format("{}::{}", context, table->name);
    fmt::format_to(
        out,
        "template <>\nstruct Fields<{}> {{\n  static constexpr auto list = std::tuple{{",
        full);
    for (const auto& field : table->fields)
      fmt::format_to(
          out,
          "{}\n      field({}, \"{}\", &{}::{})",
          &field == table->fields.data() ? "" : ",",
          field.slot,
          field.name,
          full,
          field.name);
    fmt::format_to(out, "}};\n}};\n");
  }
  fmt::format_to(out, "\n}}  // namespace schemas::codec\n\nnamespace {} {{\n\n", context);
  for (const auto& type : schema.enums()) {
    if (type.context != context) continue;
    fmt::format_to(out, "std::string_view name_of({} value) {{\n  switch (value) {{\n", type.name);
    for (const auto& value : type.values)
      fmt::format_to(out, "    case {0}::{1}: return \"{1}\";\n", type.name, value.name);
    fmt::format_to(out, "  }}\n  return \"unknown\";\n}}\n");
  }
  for (const auto* table : tables)
    fmt::format_to(
        out,
        "std::string encode(const {0}& value) {{ return schemas::codec::encode(value); }}\n"
        "void decode(std::string_view bytes, {0}& value) {{ schemas::codec::decode(bytes, value); "
        "}}\n",
        table->name);
  fmt::format_to(out, "\n}}  // namespace {}\n", context);
  return text;
}

std::string emit_platform(const std::vector<std::pair<std::string, std::string>>& binary_schemas) {
  std::string text;
  const Out out{text};
  fmt::format_to(
      out,
      "// Made by the schema compiler: the binary schemas, embedded.\n#include "
      "\"schemas/model.hpp\"\n\nnamespace {{\n");
  for (const auto& [name, bytes] : binary_schemas) {
    fmt::format_to(out, "alignas(8) constexpr unsigned char {}[] = {{", name);
    for (std::size_t i = 0; i < bytes.size(); ++i)
      fmt::format_to(out, "{}{},", i % 32 == 0 ? "\n" : "", static_cast<unsigned char>(bytes[i]));
    fmt::format_to(out, "\n}};\n");
  }
  fmt::format_to(
      out,
      "}}  // namespace\n\nnamespace schemas {{\n\nconst Schema& platform() {{\n  static const "
      "Schema schema{{{{");
  for (const auto& [name, bytes] : binary_schemas)
    fmt::format_to(
        out, "\n      std::string_view{{reinterpret_cast<const char*>({0}), sizeof({0})}},", name);
  fmt::format_to(out, "\n  }}}};\n  return schema;\n}}\n\n}}  // namespace schemas\n");
  return text;
}

}  // namespace schemas::compiler
