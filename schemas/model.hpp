// What the schemas say, in memory: the tables of every context with their roles, fields and
// rejections.
//
// Built once at start-up from the binary schemas (FlatBuffers reflection, `.bfbs`) that the build
// embeds; constant from then on, so any thread may read it. The JSON reader and writer, the API
// document, the evolution gate and the schema compiler all work from this one model.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace schemas {

struct Table;
struct Enum;

enum class Kind : std::uint8_t {
  boolean,
  int8,
  int16,
  int32,
  int64,
  uint8,
  uint16,
  uint32,
  uint64,
  enumeration,  // one byte on the wire, its name in JSON
  text,
  bytes,  // [ubyte]: base64 in JSON, allowed in facts of the platform only
  table,
};

struct Type {
  Kind kind = Kind::text;
  bool list = false;                  // a vector of `kind`
  const Table* table = nullptr;       // when kind is table
  const Enum* enumeration = nullptr;  // when kind is enumeration
};

enum class Meaning : std::uint8_t { plain, coined_id, reference_id, time, money };

struct Field {
  std::string name;
  Type type;
  std::uint16_t slot = 0;  // offset in the FlatBuffers vtable
  bool optional = false;
  bool personal = false;
  Meaning meaning = Meaning::plain;
  std::string identifies;  // the kind of thing an id is for, "Reservation"
  // Of an integer: its type's range, or narrower where the schema says so.
  std::int64_t minimum = 0, maximum = 0;
  std::string example;
  std::string comment;
};

enum class Role : std::uint8_t { part, command, fact, row, snapshot, flow };

struct Table {
  std::string context;  // "inventory"
  std::string name;     // "ReserveStock", unique across the platform
  Role role = Role::part;
  std::string aggregate;      // of a command, fact or snapshot: "StockItem"; of a flow its name
  std::vector<Field> fields;  // in the order they are declared
  std::vector<std::size_t> canonical;  // indexes of `fields` sorted by name, the order of RFC 8785
  std::vector<std::string>
      rejects;  // of a command, as codes: "inventory/insufficient_stock", "not_found"
  std::string comment;

  const Field* field(std::string_view name) const;
  // Of a command: the field that says which aggregate it addresses.
  const Field& address() const;
};

struct Enum {
  struct Value {
    std::string name;
    std::int64_t number = 0;
    std::string comment;
  };
  std::string context;
  std::string name;
  bool rejections = false;
  std::vector<Value> values;

  const Value* value(std::string_view name) const;
  const Value* value(std::int64_t number) const;
};

class Schema {
 public:
  // Throws std::invalid_argument with a sentence that names the file's offending table or field.
  explicit Schema(const std::vector<std::string_view>& binary_schemas);
  Schema(const Schema&) = delete;
  Schema& operator=(const Schema&) = delete;

  const Table* table(std::string_view name) const;
  const std::deque<Table>& tables() const { return tables_; }
  const std::deque<Enum>& enums() const { return enums_; }
  // The explanation of a rejection code, such as "inventory/insufficient_stock"; null when unknown.
  const Enum::Value* rejection(std::string_view code) const;

 private:
  friend class SchemaLoader;
  std::deque<Table> tables_;
  std::deque<Enum> enums_;
  std::unordered_map<std::string_view, const Table*> by_name_;  // names live in the tables
  std::map<std::string, const Enum::Value*, std::less<>> rejections_;
};

// A rejection that any context may use, with the HTTP status it stands for; its code carries no
// context.
bool is_common_rejection(std::string_view name);

// The code clients see for a value of a context's rejections. One that names another context's,
// "inventory/insufficient_stock", is that: a command may take that context's commands along.
std::string rejection_code(std::string_view context, std::string_view name);

// The schema of every context this build knows.
const Schema& platform();

}  // namespace schemas
