#include "replay/cells.hpp"

#include "schemas/flat_bytes.hpp"
#include "schemas/json.hpp"
#include "schemas/notation.hpp"
#include "schemas/wire.hpp"

namespace replay {

using schemas::Kind;

Cell cell_of(const schemas::Table& table, const schemas::Field& field, std::string_view bytes) {
  schemas::FlatBytes read{bytes};
  const auto at = read.field(read.root(), field.slot);
  if (at == 0) return {};
  const auto kind = field.type.kind;
  if (field.type.list || kind == Kind::table || kind == Kind::bytes) {
    std::string json;
    schemas::write_json(json, table, field, bytes);
    return json;
  }
  if (kind == Kind::text) return std::string{read.content(read.follow(at))};
  const auto number = read.scalar(kind, at);
  if (field.meaning == schemas::Meaning::time) return schemas::format_time(number);
  if (kind != Kind::enumeration) return number;
  const auto* value = field.type.enumeration->value(number);
  if (!value) throw schemas::Corrupt(field.name + " has a value that this build does not know");
  return value->name;
}

}  // namespace replay
