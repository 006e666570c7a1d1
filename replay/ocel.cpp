#include "replay/ocel.hpp"

#include <fmt/format.h>

#include "schemas/flat_bytes.hpp"
#include "schemas/json.hpp"
#include "schemas/notation.hpp"
#include "schemas/wire.hpp"

namespace replay {
namespace {

using schemas::Field;
using schemas::FlatBytes;
using schemas::Kind;

constexpr auto beginning = "1970-01-01T00:00:00Z";  // of what OCEL says of an object at first

std::string ocel_id(std::string_view type, std::string_view id) {
  return fmt::format("{}:{}", type, id);
}

// Whatever a fact names by an id, wherever in it.
class Named {
 public:
  Named(std::string_view data, std::vector<OcelObject>& all) : bytes_{data}, all_{all} {}

  void in(const schemas::Table& table) { in(table, bytes_.root(), ""); }

 private:
  void in(const schemas::Table& table, const FlatBytes::TableAt& at, const std::string& path) {
    for (const auto& field : table.fields) {
      const bool nested = field.type.kind == Kind::table;
      if (!nested && field.identifies.empty()) continue;
      const auto value = bytes_.field(at, field.slot);
      if (value == 0) continue;
      if (!field.type.list) {
        one(field, value, path + field.name);
        continue;
      }
      const auto item_size = schemas::inline_size(field.type.kind);
      const auto items = bytes_.list(bytes_.follow(value), item_size);
      for (std::size_t i = 0; i < items.size; ++i)
        one(field, items.first + i * item_size, path + field.name);
    }
  }
  void one(const Field& field, std::size_t at, const std::string& path) {
    if (field.type.kind == Kind::table)
      return in(*field.type.table, bytes_.table(bytes_.follow(at)), path + '.');
    const auto id = bytes_.content(bytes_.follow(at));
    if (!id.empty()) all_.push_back({field.identifies, ocel_id(field.identifies, id), path});
  }

  FlatBytes bytes_;
  std::vector<OcelObject>& all_;
};

std::string_view type_of(const Field& field) {
  if (field.meaning == schemas::Meaning::time) return "time";
  if (field.type.kind == Kind::boolean) return "boolean";
  return is_number(field) ? "integer" : "string";
}

// OCEL's JSON has every value as a text.
std::string text_of(const Field& field, const Cell& cell) {
  if (const auto* text = std::get_if<std::string>(&cell)) return *text;
  const auto number = std::get<std::int64_t>(cell);
  if (field.type.kind == Kind::boolean) return number ? "true" : "false";
  return std::to_string(number);
}

}  // namespace

std::vector<OcelObject> ocel_objects(const fold::Event& event) {
  const auto& type = event.table.aggregate;
  std::vector<OcelObject> all{{type, ocel_id(type, fold::id_of(event.fact.aggregate)), "subject"}};
  Named{event.fact.data, all}.in(event.table);
  return all;
}

std::vector<const Field*> ocel_attributes(const schemas::Table& fact) {
  std::vector<const Field*> all;
  for (const auto& field : fact.fields)
    if (!field.type.list && field.type.kind != Kind::table && field.type.kind != Kind::bytes &&
        field.identifies.empty())
      all.push_back(&field);
  return all;
}

// ---- JSON ----

OcelJson::OcelJson(Output& out) : out_{out} { out_.buffer() += "{\"events\":["; }

void OcelJson::add(const fold::Event& event) {
  auto& text = out_.buffer();
  const auto member = [&text](std::string_view before, std::string_view value) {
    text += before;
    schemas::write_text(text, value);
  };
  types_.insert(&event.table);
  text += first_ ? "\n" : ",\n";
  first_ = false;
  member(R"({"id":)", id_of(event));
  member(R"(,"type":)", event.table.name);
  member(R"(,"time":)", schemas::format_time(event.commit.at));
  text += R"(,"attributes":[)";
  bool first = true;
  for (const auto* field : ocel_attributes(event.table)) {
    const auto cell = cell_of(event.table, *field, event.fact.data);
    if (std::holds_alternative<std::monostate>(cell)) continue;
    text += std::exchange(first, false) ? "" : ",";
    member(R"({"name":)", field->name);
    member(R"(,"value":)", text_of(*field, cell));
    text += '}';
  }
  text += R"(],"relationships":[)";
  std::set<std::pair<std::string, std::string>> relationships;
  const auto objects = ocel_objects(event);
  for (const auto& object : objects) {
    objects_[object.id].type = object.type;
    if (!relationships.emplace(object.id, object.qualifier).second) continue;
    text += relationships.size() == 1 ? "" : ",";
    member(R"({"objectId":)", object.id);
    member(R"(,"qualifier":)", object.qualifier);
    text += '}';
  }
  text += "]}";
  auto& aggregate = objects_[objects.front().id];
  for (const auto& object : objects)
    if (object.id != objects.front().id)
      aggregate.relationships.emplace(object.id, object.qualifier);
  out_.more();
}

void OcelJson::end() {
  auto& text = out_.buffer();
  const auto member = [&text](std::string_view before, std::string_view value) {
    text += before;
    schemas::write_text(text, value);
  };
  text += "\n],\n\"objects\":[";
  std::set<std::string> object_types;
  bool first = true;
  for (const auto& [id, object] : objects_) {
    object_types.insert(object.type);
    text += std::exchange(first, false) ? "\n" : ",\n";
    member(R"({"id":)", id);
    member(R"(,"type":)", object.type);
    text += R"(,"attributes":[],"relationships":[)";
    bool first_relationship = true;
    for (const auto& [other, qualifier] : object.relationships) {
      text += std::exchange(first_relationship, false) ? "" : ",";
      member(R"({"objectId":)", other);
      member(R"(,"qualifier":)", qualifier);
      text += '}';
    }
    text += "]}";
    out_.more();
  }
  text += "\n],\n\"eventTypes\":[";
  first = true;
  std::map<std::string, const schemas::Table*> types;
  for (const auto* type : types_) types.emplace(type->name, type);
  for (const auto& [name, type] : types) {
    text += std::exchange(first, false) ? "\n" : ",\n";
    member(R"({"name":)", name);
    text += R"(,"attributes":[)";
    bool first_attribute = true;
    for (const auto* field : ocel_attributes(*type)) {
      text += std::exchange(first_attribute, false) ? "" : ",";
      member(R"({"name":)", field->name);
      member(R"(,"type":)", type_of(*field));
      text += '}';
    }
    text += "]}";
  }
  text += "\n],\n\"objectTypes\":[";
  first = true;
  for (const auto& type : object_types) {
    text += std::exchange(first, false) ? "\n" : ",\n";
    member(R"({"name":)", type);
    text += R"(,"attributes":[]})";
  }
  text += "\n]}\n";
}

// ---- SQLite ----

OcelSqlite::OcelSqlite(const std::filesystem::path& file) : file_{file} {
  for (const auto* kind : {"event", "object"}) {
    file_.run(fmt::format(
        "CREATE TABLE {}_map_type(ocel_type TEXT PRIMARY KEY, ocel_type_map TEXT)", kind));
    file_.run(fmt::format(
        "CREATE TABLE {0}(ocel_id TEXT PRIMARY KEY, ocel_type TEXT, FOREIGN KEY(ocel_type) "
        "REFERENCES {0}_map_type(ocel_type))",
        kind));
  }
  file_.run(
      "CREATE TABLE event_object(ocel_event_id TEXT, ocel_object_id TEXT, ocel_qualifier TEXT, "
      "PRIMARY KEY(ocel_event_id, ocel_object_id, ocel_qualifier), FOREIGN KEY(ocel_event_id) "
      "REFERENCES event(ocel_id), FOREIGN KEY(ocel_object_id) REFERENCES object(ocel_id))");
  file_.run(
      "CREATE TABLE object_object(ocel_source_id TEXT, ocel_target_id TEXT, ocel_qualifier TEXT, "
      "PRIMARY KEY(ocel_source_id, ocel_target_id, ocel_qualifier), FOREIGN KEY(ocel_source_id) "
      "REFERENCES object(ocel_id), FOREIGN KEY(ocel_target_id) REFERENCES object(ocel_id))");
  event_ = file_.insert("event", 2);
  object_ = file_.insert("object", 2);
  event_object_ = file_.insert("event_object", 3, SqliteFile::Again::is_ignored);
  object_object_ = file_.insert("object_object", 3, SqliteFile::Again::is_ignored);
}

SqliteFile::Statement& OcelSqlite::table_of_type(const schemas::Table& fact) {
  auto& made = types_[&fact];
  if (made) return *made;
  file_.insert("event_map_type", 2)->bind(fact.name).bind(fact.name).run();
  const auto name = "event_" + fact.name;
  auto sql =
      fmt::format("CREATE TABLE {}(ocel_id TEXT PRIMARY KEY, ocel_time TIMESTAMP", sql_name(name));
  const auto attributes = ocel_attributes(fact);
  for (const auto* field : attributes)
    sql += fmt::format(
        ", {} {}",
        sql_name(field->name),
        field->meaning == schemas::Meaning::time ? "TIMESTAMP"
        : is_number(*field)                      ? "INTEGER"
                                                 : "TEXT");
  file_.run(sql + ", FOREIGN KEY(ocel_id) REFERENCES event(ocel_id))");
  made = file_.insert(name, 2 + attributes.size());
  return *made;
}

void OcelSqlite::add_object(const OcelObject& object) {
  if (!objects_.insert(object.id).second) return;
  auto& type = object_types_[object.type];
  if (!type) {
    file_.insert("object_map_type", 2)->bind(object.type).bind(object.type).run();
    const auto name = "object_" + object.type;
    file_.run(fmt::format(
        "CREATE TABLE {}(ocel_id TEXT, ocel_time TIMESTAMP, ocel_changed_field TEXT, FOREIGN "
        "KEY(ocel_id) REFERENCES object(ocel_id))",
        sql_name(name)));
    type = file_.insert(name, 3);
  }
  object_->bind(object.id).bind(object.type).run();
  type->bind(object.id).bind(beginning).bind_null().run();
}

void OcelSqlite::add(const fold::Event& event) {
  const auto id = id_of(event), time = schemas::format_time(event.commit.at);
  auto& row = table_of_type(event.table);
  event_->bind(id).bind(event.table.name).run();
  row.bind(id).bind(time);
  const auto attributes = ocel_attributes(event.table);
  std::vector<Cell> cells;
  cells.reserve(attributes.size());
  for (const auto* field : attributes)
    row.bind_cell(cells.emplace_back(cell_of(event.table, *field, event.fact.data)));
  row.run();
  const auto objects = ocel_objects(event);
  for (const auto& object : objects) {
    add_object(object);
    event_object_->bind(id).bind(object.id).bind(object.qualifier).run();
    if (object.id != objects.front().id)
      object_object_->bind(objects.front().id).bind(object.id).bind(object.qualifier).run();
  }
}

void OcelSqlite::end() { file_.commit(); }

}  // namespace replay
