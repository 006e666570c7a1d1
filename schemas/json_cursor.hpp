// Where in a body the JSON reader stands: which objects and lists have begun, what the next value
// is for, and the values of all that has not ended yet. As deep as the schema's tables nest; what
// the schema does not know is skipped by counting its brackets.
//
// One thread at a time; it keeps its memory from one body to the next.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "schemas/flat_builder.hpp"
#include "schemas/model.hpp"

namespace schemas {

class JsonCursor {
 public:
  using Value = FlatBuilder::Value;

  // Stands before a body that is to be an object of this table.
  void start(const Table& table);
  // Once the body has ended: what was put for it.
  std::int64_t made() const { return values_.front().raw; }

  // Is the next value for nothing that the schema knows?
  bool skipping() const { return skipped_ > 0 || frames_.back().field == nullptr; }
  bool in_skipped() const { return skipped_ > 0; }
  void enter_skipped() { ++skipped_; }
  void leave_skipped() { --skipped_; }

  // What the next value is for: a field, or an item of one that is a list.
  const Field& field() const { return *frames_.back().field; }
  bool in_list() const { return frames_.back().table == nullptr; }
  bool wants(Kind kind) const;
  bool wants_integer() const;
  bool wants_list() const { return field().type.list && !in_list(); }

  void enter_object();
  void enter_list();
  // An object or a list ends; what was made of it is to be put where it stood.
  void leave();
  bool in_body() const { return frames_.size() == 2; }  // directly, not in an object within
  bool at_limit() const;

  // Of the object it stands in.
  const Table& table() const { return *frames_.back().table; }
  Value& value_of(const Field& field);
  void expect(const Field* next) { frames_.back().field = next; }  // null: skip the next value
  void put(std::int64_t raw);
  // All values of the object or list it stands in.
  std::span<const Value> values() const { return std::span{values_}.subspan(frames_.back().begin); }

  // JSON pointers: of the next value, and of a key of the object it stands in.
  std::string path() const { return path(frames_.size()); }
  std::string path(std::string_view key) const {
    return path(frames_.size() - 1) + pointer_part(key);
  }

 private:
  struct Frame {
    const Table* table;  // of an object; null for a list
    const Field* field;  // what the next value is for; null when it is to be skipped
    std::size_t begin;   // where its fields or items begin among values_
  };

  static std::string pointer_part(std::string_view key);
  std::string path(std::size_t frames) const;

  std::vector<Frame> frames_;
  std::vector<Value> values_;
  std::size_t skipped_ = 0;  // objects and lists begun in what is skipped
  Field body_;               // stands for the body as a whole: a list of one table
};

}  // namespace schemas
