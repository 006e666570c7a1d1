#include "projections/views/view.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#define CONTEXT(name)                              \
  namespace name {                                 \
  void views(std::vector<::views::ViewType>& all); \
  }
#include "contexts.def"
#undef CONTEXT

namespace views {
namespace {

constexpr std::size_t stored_header = 2 * sizeof(std::uint64_t);

const TableType& table_named(const ViewType& view, std::string_view name) {
  const auto found = std::ranges::find(view.tables, name, &TableType::name);
  if (found == view.tables.end())
    throw std::invalid_argument(fmt::format("the view {} has no table {}", view.name, name));
  return *found;
}

}  // namespace

std::vector<std::string> families(const ViewType& view) {
  std::vector<std::string> names;
  for (const auto& table : view.tables) {
    names.push_back(table.name);
    for (const auto& index : table.indexes) names.push_back(table.name + '.' + index.name);
  }
  return names;
}

fold::Family family(const ViewType& view, std::string_view table, std::string_view index) {
  fold::Family at = fold::cursor_family + 1;
  for (const auto& one : view.tables) {
    if (one.name == table && index.empty()) return at;
    ++at;
    for (const auto& each : one.indexes) {
      if (one.name == table && each.name == index) return at;
      ++at;
    }
  }
  throw std::invalid_argument(fmt::format("the view {} has no {} {}", view.name, table, index));
}

std::string to_stored(
    std::uint64_t version, kernel::CommitNumber position, std::string_view bytes) {
  return fold::ordered(version) + fold::ordered(position) + std::string{bytes};
}

Row from_stored(std::string_view key, std::string_view stored) {
  if (stored.size() < stored_header)
    throw schemas::Corrupt(fmt::format("the row {} is cut off", key));
  return {
      std::string{key},
      fold::from_ordered(stored),
      fold::from_ordered(stored.substr(sizeof(std::uint64_t))),
      std::string{stored.substr(stored_header)}};
}

std::vector<std::vector<std::string>> TableType::entries(
    std::string_view key, std::string_view bytes) const {
  std::vector<std::vector<std::string>> all(indexes.size());
  const auto in = in_subsets ? in_subsets(bytes) : std::vector<bool>(indexes.size(), true);
  for (std::size_t i = 0; i < indexes.size(); ++i)
    if (in[i]) all[i] = index_entries(indexes[i], key, bytes);
  return all;
}

Tables::Tables(const ViewType& view, const fold::Store& store)
    : view_{view}, written_{store, families(view).size() + 1} {}

void Tables::write(
    std::string_view table, std::string_view key, std::optional<std::string> stored, Before known) {
  const auto at = family(view_, table);
  const auto& type = table_named(view_, table);
  if (!type.indexes.empty()) {
    const auto entries = [&](const std::optional<std::string>& row) {
      return row ? type.entries(key, from_stored(key, *row).bytes)
                 : std::vector<std::vector<std::string>>(type.indexes.size());
    };
    const auto before = entries(known == Before::absent ? std::nullopt : written_.get(at, key));
    const auto after = entries(stored);
    for (std::size_t i = 0; i < type.indexes.size(); ++i) {
      if (before[i] == after[i]) continue;
      const auto index = at + 1 + i;
      for (const auto& entry : before[i]) written_.put(index, entry, std::nullopt);
      for (const auto& entry : after[i]) written_.put(index, entry, "");
    }
  }
  written_.put(at, std::string{key}, std::move(stored));
}

void Tables::missing(std::string_view table, std::string_view key, const FactInfo& info) {
  throw std::runtime_error(fmt::format(
      "{} version {} changes the row {} of {}, which is not there",
      info.stream,
      info.version,
      key,
      table));
}

void ViewFold::apply(const fold::Commit& commit, fold::Batch&) {
  for (const auto& fact : commit.content.facts) {
    const auto apply = view_.facts.find(fact.type);
    if (apply == view_.facts.end()) continue;  // Another context's; this view does not show it.
    apply->second(
        tables_,
        {fact.aggregate,
         fold::id_of(fact.aggregate),
         fact.version,
         commit.number,
         commit.content.at,
         commit.content.actor},
        fact.data.data);
  }
}

TableType& Builder::add(std::string_view name, std::string_view row) {
  return view_.tables.emplace_back(
      TableType{.name = std::string{name}, .row = schemas::platform().table(row)});
}

void Builder::add_index(
    TableType& table, const std::vector<std::string>& by, const std::string& among) {
  IndexType index{
      .name = fmt::format("{}{}{}", among, among.empty() ? "" : ":", fmt::join(by, "+")),
      .among = among};
  for (const auto& name : by) {
    const auto* field = table.row->field(name);
    const auto kind = field ? field->type.kind : schemas::Kind::table;
    if (kind == schemas::Kind::table || kind == schemas::Kind::bytes)
      throw std::invalid_argument(fmt::format(
          "the index {} of {}: {} has no field {} of a plain value; name one that it has",
          index.name,
          table.name,
          table.row->name,
          name));
    index.fields.push_back(field);
  }
  table.indexes.push_back(std::move(index));
}

const std::vector<ViewType>& all() {
  static const std::vector<ViewType> views = [] {
    std::vector<ViewType> made;
#define CONTEXT(name) name::views(made);
#include "contexts.def"
#undef CONTEXT
    return made;
  }();
  return views;
}

const ViewType& named(std::string_view name) {
  const auto found = std::ranges::find(all(), name, &ViewType::name);
  if (found == all().end()) throw std::invalid_argument(fmt::format("there is no view {}", name));
  return *found;
}

}  // namespace views
