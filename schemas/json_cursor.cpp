#include "schemas/json_cursor.hpp"

#include "schemas/wire.hpp"

namespace schemas {

void JsonCursor::start(const Table& table) {
  body_.type = {.kind = Kind::table, .list = true, .table = &table};
  frames_.assign(1, {nullptr, &body_, 0});
  values_.clear();
  skipped_ = 0;
}

bool JsonCursor::wants(Kind kind) const {
  return field().type.kind == kind && field().type.list == in_list();
}

bool JsonCursor::wants_integer() const {
  return is_integer(field().type.kind) && field().meaning != Meaning::time &&
         field().type.list == in_list();
}

void JsonCursor::enter_object() {
  const Table* table = field().type.table;
  frames_.push_back({table, nullptr, values_.size()});
  values_.resize(values_.size() + table->fields.size());
}

void JsonCursor::enter_list() { frames_.push_back({nullptr, &field(), values_.size()}); }

void JsonCursor::leave() {
  values_.resize(frames_.back().begin);
  frames_.pop_back();
}

bool JsonCursor::at_limit() const { return frames_.size() > tables_deep_max; }

JsonCursor::Value& JsonCursor::value_of(const Field& field) {
  const Frame& frame = frames_.back();
  return values_[frame.begin + static_cast<std::size_t>(&field - frame.table->fields.data())];
}

void JsonCursor::put(std::int64_t raw) {
  if (in_list())
    values_.push_back({Value::State::filled, raw});
  else
    value_of(field()) = {Value::State::filled, raw};
}

std::string JsonCursor::pointer_part(std::string_view key) {
  std::string part{"/"};
  for (const char c : key)
    if (c == '~')
      part += "~0";
    else if (c == '/')
      part += "~1";
    else
      part += c;
  return part;
}

std::string JsonCursor::path(std::size_t frames) const {
  std::string path;
  for (std::size_t i = 1; i < frames; ++i) {
    if (frames_[i].table) {
      path += pointer_part(frames_[i].field->name);
    } else {
      const auto end = i + 1 < frames_.size() ? frames_[i + 1].begin : values_.size();
      path += "/" + std::to_string(end - frames_[i].begin);
    }
  }
  return path;
}

}  // namespace schemas
