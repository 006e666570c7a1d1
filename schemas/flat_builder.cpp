#include "schemas/flat_builder.hpp"

#include "schemas/wire.hpp"

namespace schemas {
namespace {

flatbuffers::Offset<void> offset(std::int64_t made) {
  return flatbuffers::Offset<void>{static_cast<flatbuffers::uoffset_t>(made)};
}

}  // namespace

std::string_view FlatBuilder::text_at(std::int64_t made) const {
  // Offsets count from the end, as the buffer grows towards its beginning.
  const auto* at = builder_.GetCurrentBufferPointer() + builder_.GetSize() - made;
  return reinterpret_cast<const flatbuffers::String*>(at)->string_view();
}

std::int64_t FlatBuilder::table(const Table& type, std::span<const Value> values) {
  const auto start = builder_.StartTable();
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (values[i].state != Value::State::filled) continue;
    const Field& field = type.fields[i];
    if (field.type.list || !is_scalar(field.type.kind)) {
      builder_.AddOffset(field.slot, offset(values[i].raw));
    } else {
      with_scalar(field.type.kind, [&]<class T>(T) {
        builder_.AddElement(field.slot, static_cast<T>(values[i].raw));
      });
    }
  }
  return builder_.EndTable(start);
}

std::int64_t FlatBuilder::list(Kind kind, std::span<const Value> items) {
  builder_.StartVector(items.size(), inline_size(kind));
  for (auto i = items.size(); i-- > 0;) {
    if (is_scalar(kind))
      with_scalar(kind, [&]<class T>(T) { builder_.PushElement(static_cast<T>(items[i].raw)); });
    else
      builder_.PushElement(offset(items[i].raw));
  }
  return builder_.EndVector(items.size());
}

std::string FlatBuilder::finish(std::int64_t root) {
  builder_.Finish(offset(root));
  return {reinterpret_cast<const char*>(builder_.GetBufferPointer()), builder_.GetSize()};
}

}  // namespace schemas
