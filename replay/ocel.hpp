// Facts as an object-centric event log, OCEL 2.0 (ocel-standard.org, specification of 2023), for
// process mining: as JSON, or as a relational SQLite database.
//
//   event type     a fact, OrderPlaced; its attributes are those of the fact's fields that are one
//                  plain value and no id
//   event          one fact; id and time are those of its CloudEvent, in UTC with the zone
//   object type    what ids are ids of: Order, StockItem, User
//   object         whatever a fact is of, or names by an id; its OCEL id is "Order:o-1", as ids of
//                  different kinds may be the same
//   relationships  event to object: `subject` is the aggregate, the others are called as the field
//                  that names them, "items.product_id"; object to object: from the aggregate to
//                  what its facts name, called the same
//
// Of objects no attributes are told: how they change is in the events. Events are written as they
// come; of the objects the JSON keeps ids and relationships in memory until the end.
//
// Concurrency: one thread.
#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

#include "replay/sinks.hpp"
#include "replay/sqlite_file.hpp"

namespace replay {

struct OcelObject {
  std::string type, id;   // the id with its type: "Order:o-1"
  std::string qualifier;  // what it is to the event
};
// The objects of an event, its aggregate first; the same one several times if it has several
// qualifiers. Throws schemas::Corrupt.
std::vector<OcelObject> ocel_objects(const fold::Event& event);
// The fields of a fact that are attributes of its events.
std::vector<const schemas::Field*> ocel_attributes(const schemas::Table& fact);

class OcelJson final : public Sink {
 public:
  explicit OcelJson(Output& out);
  void add(const fold::Event& event) override;
  void end() override;

 private:
  struct Object {
    std::string type;
    std::set<std::pair<std::string, std::string>> relationships;  // object id, qualifier
  };
  Output& out_;
  bool first_ = true;
  std::set<const schemas::Table*> types_;
  std::map<std::string, Object> objects_;  // by id
};

class OcelSqlite final : public Sink {
 public:
  // The file is there, and empty.
  explicit OcelSqlite(const std::filesystem::path& file);
  void add(const fold::Event& event) override;
  void end() override;

 private:
  using Statement = std::unique_ptr<SqliteFile::Statement>;
  SqliteFile::Statement& table_of_type(const schemas::Table& fact);
  void add_object(const OcelObject& object);

  SqliteFile file_;
  Statement event_, object_, event_object_, object_object_;
  std::unordered_map<const schemas::Table*, Statement> types_;
  std::map<std::string, Statement> object_types_;
  std::set<std::string> objects_;
};

}  // namespace replay
