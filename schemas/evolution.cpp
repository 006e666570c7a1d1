#include "schemas/evolution.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <set>
#include <string_view>
#include <utility>

namespace schemas {
namespace {

using Tables = std::set<const Table*>;

std::string_view name_of(Kind kind) {
  constexpr std::array names = {
      "bool",
      "byte",
      "short",
      "int",
      "long",
      "ubyte",
      "ushort",
      "uint",
      "ulong",
      "enum",
      "string",
      "[ubyte]",
      "table"};
  return names[static_cast<std::size_t>(kind)];
}

// The type as a schema writes it.
std::string name_of(const Type& type) {
  std::string name{name_of(type.kind)};
  if (type.table) name = type.table->context + "." + type.table->name;
  if (type.enumeration) name = type.enumeration->context + "." + type.enumeration->name;
  return type.list ? "[" + name + "]" : name;
}

std::string name_of(const Table& table) { return table.context + "." + table.name; }

// What a field means beyond its type, as a schema writes it.
std::string meaning_of(const Field& field) {
  switch (field.meaning) {
    case Meaning::coined_id:
      return fmt::format("(names: \"{}\")", field.identifies);
    case Meaning::reference_id:
      return fmt::format("(identifies: \"{}\")", field.identifies);
    case Meaning::time:
      return "(time)";
    case Meaning::money:
      return "(money)";
    case Meaning::plain:
      return "plain";
  }
  return "";
}

std::string role_of(const Table& table) {
  constexpr std::array roles = {
      "a part of others", "a command", "a fact", "a row", "a snapshot", "a flow"};
  std::string role = roles[static_cast<std::size_t>(table.role)];
  return table.aggregate.empty() ? role : role + " of " + table.aggregate;
}

void add_with_parts(Tables& tables, const Table& table) {
  if (!tables.insert(&table).second) return;
  for (const auto& field : table.fields)
    if (field.type.table) add_with_parts(tables, *field.type.table);
}

bool is_part_of_others(const Schema& schema, const Table& table) {
  return std::ranges::any_of(schema.tables(), [&](const Table& other) {
    return &other != &table && std::ranges::any_of(other.fields, [&](const Field& field) {
      return field.type.table == &table;
    });
  });
}

// Commands, facts, and what the log is made of, which is no part of anything: kept for ever.
Tables kept(const Schema& schema) {
  Tables tables;
  for (const auto& table : schema.tables())
    if (table.role == Role::command || table.role == Role::fact ||
        (table.role == Role::part && !is_part_of_others(schema, table)))
      add_with_parts(tables, table);
  return tables;
}

// Rows: made anew at will, but read by clients.
Tables shown(const Schema& schema) {
  Tables tables;
  for (const auto& table : schema.tables())
    if (table.role == Role::row) add_with_parts(tables, table);
  return tables;
}

class Gate {
 public:
  Gate(const Schema& released, const Schema& current)
      : released_{released}, current_{current}, kept_{kept(released)}, shown_{shown(released)} {}

  std::vector<std::string> run() {
    for (const auto& table : released_.tables())
      if (kept_.contains(&table) || shown_.contains(&table)) check(table);
    for (const auto& type : released_.enums())
      if (type.rejections || used_.contains(&type)) check(type);
    return std::move(breaches_);
  }

 private:
  void check(const Table& was) {
    const Table* now = current_.table(was.name);
    if (!now || now->context != was.context)
      return breach(name_of(was), "was removed; keep it, what is stored and clients refer to it");
    if (role_of(was) != role_of(*now))
      breach(
          name_of(was),
          fmt::format(
              "was {} and is now {}; make a new table for that", role_of(was), role_of(*now)));
    for (const auto& field : was.fields) {
      if (field.type.enumeration) used_.insert(field.type.enumeration);
      const auto where = name_of(was) + "." + field.name;
      if (const auto* same = now->field(field.name))
        check(was, field, *same, where);
      else
        missing(was, field, *now, where);
    }
    if (!kept_.contains(&was)) return;
    for (const auto& field : now->fields)
      if (!was.field(field.name) && !field.optional)
        breach(
            name_of(was) + "." + field.name,
            "is new and required, but what is stored and clients' commands lack it; mark it "
            "(optional)");
  }

  void missing(const Table& was, const Field& field, const Table& now, const std::string& where) {
    const auto heir = std::ranges::find(now.fields, field.slot, &Field::slot);
    if (heir != now.fields.end() && !was.field(heir->name))
      return breach(
          where,
          fmt::format(
              "was renamed to {}, or replaced by it; keep the name and append new fields at the "
              "end",
              heir->name));
    breach(where, "was removed; keep it, marked (optional) when nothing gives it any more");
  }

  void check(const Table& table, const Field& was, const Field& now, const std::string& where) {
    if (name_of(was.type) != name_of(now.type))
      return breach(
          where,
          fmt::format(
              "was of type {} and is now {}; append a field for that",
              name_of(was.type),
              name_of(now.type)));
    if (was.slot != now.slot)
      breach(where, "has moved; keep the released order of fields and append new ones at the end");
    check_presence(table, was, now, where);
    if (meaning_of(was) != meaning_of(now))
      breach(
          where,
          fmt::format(
              "was {} and is now {}; append a field for that", meaning_of(was), meaning_of(now)));
    if (was.personal != now.personal)
      breach(where, "changed whether it is (personal); append a field for that");
    if (now.minimum > was.minimum || now.maximum < was.maximum)
      breach(
          where,
          fmt::format(
              "took {} to {} and now takes only {} to {}; refuse the rest in the domain instead",
              was.minimum,
              was.maximum,
              now.minimum,
              now.maximum));
  }

  void check_presence(
      const Table& table, const Field& was, const Field& now, const std::string& where) {
    if (kept_.contains(&table) && was.optional && !now.optional)
      breach(
          where,
          "was optional and is now required, but what is stored and clients' commands may lack it; "
          "leave it (optional)");
    if (shown_.contains(&table) && !was.optional && now.optional)
      breach(
          where,
          "was always there in a row and is now optional, which its readers do not expect; leave "
          "it required");
  }

  void check(const Enum& was) {
    const auto& enums = current_.enums();
    const auto now = std::ranges::find_if(enums, [&](const Enum& type) {
      return type.context == was.context && type.name == was.name;
    });
    if (now == enums.end())
      return breach(was.context + "." + was.name, "was removed; keep the enum");
    for (const auto& value : was.values) {
      const auto where = fmt::format("{}.{}.{}", was.context, was.name, value.name);
      const auto* same = now->value(value.name);
      const auto* heir = now->value(value.number);
      if (same && same->number != value.number)
        breach(
            where,
            fmt::format(
                "was number {} and is now {}; append new values at the end",
                value.number,
                same->number));
      else if (!same && heir && !was.value(heir->name))
        breach(where, fmt::format("was renamed to {}; keep the name, clients know it", heir->name));
      else if (!same)
        breach(where, "was removed; keep the value, stored data may have it");
    }
  }

  void breach(const std::string& where, std::string_view what) {
    breaches_.push_back(fmt::format("{} {}.", where, what));
  }

  const Schema& released_;
  const Schema& current_;
  Tables kept_, shown_;
  std::set<const Enum*> used_;  // by the tables checked
  std::vector<std::string> breaches_;
};

}  // namespace

std::vector<std::string> breaks(const Schema& released, const Schema& current) {
  return Gate{released, current}.run();
}

}  // namespace schemas
