#include "schemas/model.hpp"

#include <flatbuffers/reflection.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <limits>
#include <numeric>
#include <optional>
#include <sstream>
#include <stdexcept>
#include <tuple>
#include <utility>

namespace schemas {
namespace {

template <class Owner>
std::optional<std::string> attribute(const Owner& owner, std::string_view name) {
  if (!owner.attributes()) return std::nullopt;
  for (const auto* attribute : *owner.attributes())
    if (attribute->key()->string_view() == name)
      return attribute->value() ? attribute->value()->str() : "";
  return std::nullopt;
}

template <class Owner>
std::string comment(const Owner& owner) {
  std::string text;
  if (const auto* lines = owner.documentation())
    for (const auto* line : *lines) {
      const auto raw = line->string_view();
      const auto begin = raw.find_first_not_of(' ');
      if (begin == std::string_view::npos) continue;
      if (!text.empty()) text += ' ';
      text += raw.substr(begin);
    }
  return text;
}

// "inventory.StockReserved" into its two halves.
std::pair<std::string, std::string> split(std::string_view full) {
  const auto dot = full.rfind('.');
  if (dot == std::string_view::npos)
    throw std::invalid_argument(fmt::format("{}: put it in its context's namespace", full));
  return {std::string{full.substr(0, dot)}, std::string{full.substr(dot + 1)}};
}

Kind scalar_kind(reflection::BaseType type, std::string_view where) {
  switch (type) {
    case reflection::Bool:
      return Kind::boolean;
    case reflection::Byte:
      return Kind::int8;
    case reflection::UByte:
      return Kind::uint8;
    case reflection::Short:
      return Kind::int16;
    case reflection::UShort:
      return Kind::uint16;
    case reflection::Int:
      return Kind::int32;
    case reflection::UInt:
      return Kind::uint32;
    case reflection::Long:
      return Kind::int64;
    case reflection::ULong:
      return Kind::uint64;
    case reflection::String:
      return Kind::text;
    default:
      throw std::invalid_argument(fmt::format(
          "{}: only integers, bool, string, enums, tables and lists of them are stored; use minor "
          "units or "
          "basis points where a fraction is meant",
          where));
  }
}

constexpr std::array common_rejections = {
    "not_found", "gone", "forbidden", "currency_mismatch", "amount_out_of_range", "too_early"};

constexpr std::array roles = {
    std::pair{"command", Role::command},
    std::pair{"fact", Role::fact},
    std::pair{"row", Role::row},
    std::pair{"snapshot", Role::snapshot},
    std::pair{"flow", Role::flow}};

// The range of an integer type; an uint64 is stored and shown up to int64's largest, since nothing
// needs more.
std::pair<std::int64_t, std::int64_t> range(Kind kind) {
  const auto of = []<class T>(T) -> std::pair<std::int64_t, std::int64_t> {
    return {std::numeric_limits<T>::min(), std::numeric_limits<T>::max()};
  };
  switch (kind) {
    case Kind::int8:
      return of(std::int8_t{});
    case Kind::int16:
      return of(std::int16_t{});
    case Kind::int32:
      return of(std::int32_t{});
    case Kind::int64:
      return of(std::int64_t{});
    case Kind::uint8:
      return of(std::uint8_t{});
    case Kind::uint16:
      return of(std::uint16_t{});
    case Kind::uint32:
      return of(std::uint32_t{});
    case Kind::uint64:
      return {0, std::numeric_limits<std::int64_t>::max()};
    default:
      return {0, 0};
  }
}

}  // namespace

// Fills a Schema from the reflection data; first the names, then what refers to them.
class SchemaLoader {
 public:
  explicit SchemaLoader(Schema& schema) : schema_{schema} {}

  void declare(const reflection::Schema& file) {
    for (const auto* source : *file.enums()) declare(*source);
    for (const auto* source : *file.objects()) declare(*source);
  }
  void define(const reflection::Schema& file) {
    for (const auto* source : *file.objects()) define(*source, file);
  }
  void check() const {
    for (const auto& table : schema_.tables_) check(table);
  }

 private:
  void declare(const reflection::Enum& source) {
    const auto [context, name] = split(source.name()->string_view());
    if (enums_.contains(source.name()->str())) return;
    Enum& made = schema_.enums_.emplace_back();
    made.context = context;
    made.name = name;
    made.rejections = attribute(source, "rejections").has_value();
    for (const auto* value : *source.values())
      made.values.push_back({value->name()->str(), value->value(), comment(*value)});
    enums_[source.name()->str()] = &made;
    if (!made.rejections) return;
    for (const auto& value : made.values)
      schema_.rejections_.emplace(rejection_code(context, value.name), &value);
  }

  void declare(const reflection::Object& source) {
    const auto [context, name] = split(source.name()->string_view());
    if (const auto* known = schema_.table(name)) {
      if (known->context == context) return;  // The same table, by way of an include.
      throw std::invalid_argument(fmt::format(
          "{}.{}: {} already has a table of that name; names are unique across the platform",
          context,
          name,
          known->context));
    }
    Table& made = schema_.tables_.emplace_back();
    made.context = context;
    made.name = name;
    made.comment = comment(source);
    made.role = Role::part;
    for (const auto& [word, role] : roles)
      if (const auto aggregate = attribute(source, word)) {
        made.role = role;
        if (role != Role::row) made.aggregate = *aggregate;
      }
    std::istringstream words{attribute(source, "rejects").value_or("")};
    for (std::string word; words >> word;) made.rejects.push_back(rejection_code(context, word));
    schema_.by_name_.emplace(made.name, &made);
    undefined_.emplace(source.name()->str(), &made);
  }

  void define(const reflection::Object& source, const reflection::Schema& file) {
    const auto found = undefined_.find(source.name()->str());
    if (found == undefined_.end()) return;
    Table& table = *found->second;
    undefined_.erase(found);
    std::vector<const reflection::Field*> declared{
        source.fields()->begin(), source.fields()->end()};
    std::ranges::sort(declared, {}, [](const auto* field) { return field->id(); });
    for (const auto* field : declared) table.fields.push_back(make(*field, table, file));
    table.canonical.resize(table.fields.size());
    std::iota(table.canonical.begin(), table.canonical.end(), 0);
    std::ranges::sort(table.canonical, {}, [&](auto index) { return table.fields[index].name; });
  }

  Field make(
      const reflection::Field& source, const Table& table, const reflection::Schema& file) const {
    Field field;
    field.name = source.name()->str();
    const auto where = fmt::format("{}.{}.{}", table.context, table.name, field.name);
    field.slot = source.offset();
    field.type = make(*source.type(), where, file);
    field.optional = attribute(source, "optional").has_value();
    field.personal = attribute(source, "personal").has_value();
    std::tie(field.minimum, field.maximum) = range(field.type.kind);
    if (const auto text = attribute(source, "minimum")) field.minimum = std::stoll(*text);
    if (const auto text = attribute(source, "maximum")) field.maximum = std::stoll(*text);
    field.example = attribute(source, "example").value_or("");
    field.comment = comment(source);
    if (const auto kind = attribute(source, "names")) {
      field.meaning = Meaning::coined_id;
      field.identifies = *kind;
    } else if (const auto reference = attribute(source, "identifies")) {
      field.meaning = Meaning::reference_id;
      field.identifies = *reference;
    } else if (attribute(source, "time")) {
      field.meaning = Meaning::time;
    } else if (attribute(source, "money")) {
      field.meaning = Meaning::money;
    }
    return field;
  }

  Type make(const reflection::Type& source, std::string_view where, const reflection::Schema& file)
      const {
    Type type;
    type.list = source.base_type() == reflection::Vector;
    const auto base = type.list ? source.element() : source.base_type();
    if (base == reflection::Obj) {
      const auto* object = file.objects()->Get(static_cast<flatbuffers::uoffset_t>(source.index()));
      if (object->is_struct())
        throw std::invalid_argument(fmt::format("{}: use a table, structs cannot grow", where));
      type.kind = Kind::table;
      type.table = schema_.table(split(object->name()->string_view()).second);
      return type;
    }
    if (base == reflection::Union || base == reflection::UType)
      throw std::invalid_argument(
          fmt::format("{}: unions are not used; name the alternatives", where));
    if (source.index() >= 0) {
      type.kind = Kind::enumeration;
      type.enumeration = enums_.at(
          file.enums()->Get(static_cast<flatbuffers::uoffset_t>(source.index()))->name()->str());
      if (base != reflection::UByte)
        throw std::invalid_argument(fmt::format("{}: declare its enum as ubyte", where));
      return type;
    }
    if (type.list && base == reflection::UByte) {
      type.list = false;
      type.kind = Kind::bytes;
      return type;
    }
    type.kind = scalar_kind(base, where);
    return type;
  }

  void check(const Table& table) const {
    const auto refuse = [&](std::string_view what) {
      throw std::invalid_argument(fmt::format("{}.{}: {}", table.context, table.name, what));
    };
    for (const auto& field : table.fields) {
      if (field.personal) refuse("personal fields need the vault, which this build does not have");
      if (!field.identifies.empty() && field.type.kind != Kind::text)
        refuse(field.name + ": an id is a string");
      const bool instant = field.meaning == Meaning::time || field.meaning == Meaning::money;
      if (instant && (field.type.kind != Kind::int64 || field.type.list))
        refuse(field.name + ": times and money are longs");
      if (table.role == Role::command && field.type.kind == Kind::bytes)
        refuse(field.name + ": commands carry no bytes; use a string");
    }
    if (table.role == Role::command) table.address();
    for (const auto& code : table.rejects)
      if (!schema_.rejection(code)) refuse(code + " is not among the context's rejections");
  }

  Schema& schema_;
  std::map<std::string, const Enum*> enums_;
  std::map<std::string, Table*> undefined_;
};

const Field* Table::field(std::string_view wanted) const {
  const auto found = std::ranges::find(fields, wanted, &Field::name);
  return found == fields.end() ? nullptr : &*found;
}

const Field& Table::address() const {
  const auto found = std::ranges::find(fields, aggregate, &Field::identifies);
  if (found == fields.end() || found->optional)
    throw std::invalid_argument(fmt::format(
        "{}.{}: give it a required field that names or identifies its {}",
        context,
        name,
        aggregate));
  return *found;
}

const Enum::Value* Enum::value(std::string_view wanted) const {
  const auto found = std::ranges::find(values, wanted, &Value::name);
  return found == values.end() ? nullptr : &*found;
}

const Enum::Value* Enum::value(std::int64_t number) const {
  const auto found = std::ranges::find(values, number, &Value::number);
  return found == values.end() ? nullptr : &*found;
}

Schema::Schema(const std::vector<std::string_view>& binary_schemas) {
  SchemaLoader loader{*this};
  std::vector<const reflection::Schema*> files;
  for (const auto bytes : binary_schemas) {
    flatbuffers::Verifier verifier{
        reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size()};
    if (!reflection::VerifySchemaBuffer(verifier))
      throw std::invalid_argument("not a binary schema");
    files.push_back(reflection::GetSchema(bytes.data()));
    loader.declare(*files.back());
  }
  for (const auto* file : files) loader.define(*file);
  loader.check();
}

const Table* Schema::table(std::string_view name) const {
  const auto found = by_name_.find(name);
  return found == by_name_.end() ? nullptr : found->second;
}

const Enum::Value* Schema::rejection(std::string_view code) const {
  const auto found = rejections_.find(code);
  return found == rejections_.end() ? nullptr : found->second;
}

bool is_common_rejection(std::string_view name) {
  return std::ranges::find(common_rejections, name) != common_rejections.end();
}

std::string rejection_code(std::string_view context, std::string_view name) {
  const bool whole = is_common_rejection(name) || name.find('/') != std::string_view::npos;
  return whole ? std::string{name} : fmt::format("{}/{}", context, name);
}

}  // namespace schemas
