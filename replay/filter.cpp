#include "replay/filter.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <utility>

#include "domain/fold/names.hpp"
#include "domain/fold/states.hpp"
#include "replay/history.hpp"
#include "schemas/flat_bytes.hpp"
#include "schemas/notation.hpp"
#include "schemas/wire.hpp"

namespace replay {
namespace {

using schemas::Field;
using schemas::FlatBytes;
using schemas::Kind;
using schemas::Table;

template <class Use>
void each_fact(Use&& use) {
  for (const auto& table : schemas::platform().tables())
    if (table.role == schemas::Role::fact) use(table);
}

// All there are, for sentences.
template <class Name>
std::string known(Name&& name_of) {
  std::set<std::string> names;
  each_fact([&](const Table& table) { names.insert(name_of(table)); });
  return fmt::format("{}", fmt::join(names, ", "));
}

std::string context_of(const Table& table) { return table.context; }
std::string aggregate_of(const Table& table) { return table.context + '/' + table.aggregate; }

template <class Name>
bool is_known(Name&& name_of, std::string_view name) {
  bool found = false;
  each_fact([&](const Table& table) { found = found || name_of(table) == name; });
  return found;
}

bool holds_any(const std::set<std::string, std::less<>>& any, std::string_view value) {
  return any.empty() || any.contains(value);
}

}  // namespace

// One condition, on one fact's bytes.
class Filter::Match {
 public:
  Match(const Condition& condition, std::string_view data) : condition_{condition}, bytes_{data} {}

  bool holds() { return in(bytes_.root(), 0); }

 private:
  // Of a table: by the rest of the path, from `step` on.
  bool in(const FlatBytes::TableAt& table, std::size_t step) {
    const Field& field = *condition_.path[step];
    const auto at = bytes_.field(table, field.slot);
    if (at == 0) return false;
    if (!field.type.list) return value(field, at, step);
    const auto item_size = schemas::inline_size(field.type.kind);
    const auto items = bytes_.list(bytes_.follow(at), item_size);
    for (std::size_t i = 0; i < items.size; ++i)
      if (value(field, items.first + i * item_size, step)) return true;
    return false;
  }

  bool value(const Field& field, std::size_t at, std::size_t step) {
    if (field.type.kind == Kind::table) return in(bytes_.table(bytes_.follow(at)), step + 1);
    if (schemas::is_scalar(field.type.kind))
      return compare(bytes_.scalar(field.type.kind, at), std::get<std::int64_t>(condition_.value));
    return compare(
        bytes_.content(bytes_.follow(at)),
        std::string_view{std::get<std::string>(condition_.value)});
  }

  template <class T>
  bool compare(T is, T wanted) const {
    switch (condition_.comparison) {
      case Comparison::equal:
        return is == wanted;
      case Comparison::unequal:
        return is != wanted;
      case Comparison::less:
        return is < wanted;
      case Comparison::less_or_equal:
        return is <= wanted;
      case Comparison::greater:
        return is > wanted;
      case Comparison::greater_or_equal:
        return is >= wanted;
    }
    return false;
  }

  const Condition& condition_;
  FlatBytes bytes_;
};

const std::vector<std::string_view>& Filter::words() {
  static const std::vector<std::string_view> all{
      "context", "aggregate", "fact", "actor", "correlation", "where"};
  return all;
}

void Filter::add(std::string_view word, std::string_view value) {
  const std::string text{value};
  if (word == "context") {
    if (!is_known(context_of, value))
      throw Refused(fmt::format("there is no context {}; there are {}", value, known(context_of)));
    contexts_.insert(text);
  } else if (word == "aggregate") {
    const auto kind = fold::kind_of(value);
    if (!is_known(aggregate_of, kind.empty() ? value : kind))
      throw Refused(fmt::format(
          "there is no aggregate {}; give a kind or one of it, such as ordering/Order or "
          "ordering/Order/o-1; the kinds are {}",
          value,
          known(aggregate_of)));
    (kind.empty() ? kinds_ : aggregates_).insert(text);
  } else if (word == "fact") {
    const auto* table = schemas::platform().table(value);
    if (!table || table->role != schemas::Role::fact)
      throw Refused(
          fmt::format("there is no fact {}; there are {}", value, known([](const Table& one) {
                        return one.name;
                      })));
    facts_.insert(text);
  } else if (word == "actor") {
    actors_.insert(text);
  } else if (word == "correlation") {
    correlations_.insert(text);
  } else if (word == "where") {
    wheres_.push_back(read_where(value));
  } else {
    throw Refused(fmt::format(
        "{} is nothing to filter by; the words are {}", word, fmt::join(words(), ", ")));
  }
  text_.push_back(fmt::format("{}={}", word, value));
}

Filter Filter::parse(std::string_view text) {
  std::vector<std::pair<std::string_view, std::string_view>> parts;
  for (std::size_t at = 0; at <= text.size();) {
    const auto end = std::min(text.find(';', at), text.size());
    const auto part = text.substr(at, end - at);
    const auto equals = part.find('=');
    if (equals == std::string_view::npos)
      throw Refused(fmt::format(
          "{} is no filter; write fact=StockAdjusted;actor=ann;where=quantity<0, with the words {}",
          text.empty() ? "nothing" : text,
          fmt::join(words(), ", ")));
    parts.emplace_back(part.substr(0, equals), part.substr(equals + 1));
    at = end + 1;
  }
  // What fields there are depends on which facts are meant.
  std::ranges::stable_partition(parts, [](const auto& part) { return part.first != "where"; });
  Filter filter;
  for (const auto& [word, value] : parts) filter.add(word, value);
  return filter;
}

Filter::Where Filter::read_where(std::string_view text) const {
  static constexpr std::array<std::pair<std::string_view, Comparison>, 6> comparisons{
      {{"!=", Comparison::unequal},
       {"<=", Comparison::less_or_equal},
       {">=", Comparison::greater_or_equal},
       {"=", Comparison::equal},
       {"<", Comparison::less},
       {">", Comparison::greater}}};
  const auto at = text.find_first_of("=!<>");
  const auto* found = std::ranges::find_if(comparisons, [&](const auto& one) {
    return at != std::string_view::npos && text.substr(at).starts_with(one.first);
  });
  if (at == 0 || found == comparisons.end())
    throw Refused(fmt::format(
        "{} is no condition; write a field, one of = != < <= > >=, and a value, such as "
        "quantity>=10",
        text));
  const auto path = text.substr(0, at), value = text.substr(at + found->first.size());
  Where where{.text = std::string{text}};
  bool has_field = false;
  each_fact([&](const Table& table) {
    if (!holds_any(facts_, table.name)) return;
    if (auto condition = resolve(table, path, found->second, value)) {
      has_field = true;
      where.of.emplace(&table, std::move(*condition));
    }
  });
  if (!has_field)
    throw Refused(fmt::format(
        "no fact that is meant has a field {} that {} could be compared with; name the fact before "
        "(--fact), and see its fields with `construct replay events --fact NAME --limit 1`",
        path,
        value));
  return where;
}

// Absent when the table has no such field, or the value is none of it.
std::optional<Filter::Condition> Filter::resolve(
    const Table& table, std::string_view path, Comparison by, std::string_view value) {
  Condition condition{.comparison = by};
  const Table* in = &table;
  for (auto rest = path; in; rest = rest.substr(std::min(rest.find('.') + 1, rest.size()))) {
    const auto name = rest.substr(0, rest.find('.'));
    const auto* field = in->field(name);
    if (!field) return std::nullopt;
    condition.path.push_back(field);
    in = field->type.table;
    if (rest.find('.') == std::string_view::npos) break;
    if (!in) return std::nullopt;
  }
  const Field& last = *condition.path.back();
  const auto& type = last.type;
  if (type.kind == Kind::table || type.kind == Kind::bytes) return std::nullopt;
  if (!schemas::is_scalar(type.kind)) {
    condition.value = std::string{value};
    return condition;
  }
  std::optional<std::int64_t> number;
  if (last.meaning == schemas::Meaning::time) {
    number = schemas::parse_time(value);
  } else if (type.kind == Kind::enumeration) {
    if (const auto* known = type.enumeration->value(value)) number = known->number;
  } else if (type.kind == Kind::boolean) {
    if (value == "true" || value == "false") number = value == "true";
  } else {
    number = schemas::parse_integer(value);
  }
  if (!number) return std::nullopt;
  condition.value = *number;
  return condition;
}

bool Filter::may_take(const Table& fact) const {
  const bool kind_meant =
      (kinds_.empty() && aggregates_.empty()) || kinds_.contains(aggregate_of(fact)) ||
      std::ranges::any_of(
          aggregates_, [&](const auto& one) { return fold::kind_of(one) == aggregate_of(fact); });
  return kind_meant && holds_any(contexts_, fact.context) && holds_any(facts_, fact.name) &&
         std::ranges::all_of(wheres_, [&](const Where& where) { return where.of.contains(&fact); });
}

bool Filter::takes(const fold::CommitView& commit, const fold::FactView& fact) const {
  if (!holds_any(facts_, fact.type)) return false;
  if (!(kinds_.empty() && aggregates_.empty()) && !aggregates_.contains(fact.aggregate) &&
      !kinds_.contains(fold::kind_of(fact.aggregate)))
    return false;
  if (!holds_any(actors_, commit.actor) || !holds_any(correlations_, commit.correlation))
    return false;
  if (!holds_any(contexts_, fold::context_of(fact.aggregate))) return false;
  if (wheres_.empty()) return true;
  const auto& table = table_of(fact);
  return std::ranges::all_of(wheres_, [&](const Where& where) {
    const auto condition = where.of.find(&table);
    return condition != where.of.end() && Match{condition->second, fact.data}.holds();
  });
}

}  // namespace replay
