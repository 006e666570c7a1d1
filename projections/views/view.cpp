#include "projections/views/view.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <new>

#define CONTEXT(name)                              \
  namespace name {                                 \
  void views(std::vector<::views::ViewType>& all); \
  }
#include "contexts.def"
#undef CONTEXT

namespace views {
namespace {

constexpr const char* quarantine_name = "quarantine";
constexpr std::size_t stored_header = 2 * sizeof(std::uint64_t);

const TableType& table_named(const ViewType& view, std::string_view name) {
  const auto found = std::ranges::find(view.tables, name, &TableType::name);
  if (found == view.tables.end())
    throw std::invalid_argument(fmt::format("the view {} has no table {}", view.name, name));
  return *found;
}

// A fact that the view cannot take, with its place.
struct CannotApply : std::runtime_error {
  using std::runtime_error::runtime_error;
};

// Whatever fails besides, a disk or the memory, is no fault of the fact's and ends the fold.
void give(
    Tables& tables,
    const Apply& apply,
    const FactInfo& info,
    std::string_view type,
    std::string_view data) try {
  apply(tables, info, data);
} catch (const std::bad_alloc&) {
  throw;
} catch (const fold::StoreFailed&) {
  throw;
} catch (const std::exception& error) {
  throw CannotApply(
      fmt::format("{} version {}, {}: {}", info.stream, info.version, type, error.what()));
}

construct::SetAsideFact to_set_aside(
    const FactInfo& info, std::size_t index, const fold::FactView& fact) {
  return {
      .commit = info.position,
      .index = static_cast<std::uint32_t>(index),
      .aggregate = std::string{fact.aggregate},
      .version = fact.version,
      .at = info.at,
      .actor = std::string{info.actor},
      .type = std::string{fact.type},
      .data = {std::string{fact.data}}};
}

}  // namespace

std::vector<std::string> families(const ViewType& view) {
  std::vector<std::string> names;
  for (const auto& table : view.tables) {
    names.push_back(table.name);
    for (const auto& index : table.indexes) names.push_back(table.name + '.' + index.name);
  }
  names.emplace_back(quarantine_name);
  return names;
}

fold::Family quarantine_family(const ViewType& view) {
  fold::Family at = fold::cursor_family + 1;
  for (const auto& table : view.tables) at += 1 + table.indexes.size();
  return at;
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
    : view_{view}, written_{store, quarantine_family(view)} {}

void Tables::begin(std::string_view key) {
  key_ = key;
  written_.savepoint();
}

void Tables::write(
    std::string_view table, std::string_view key, std::optional<std::string> stored, Before known) {
  check_own(table, key);
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

// What quarantine rests on.
void Tables::check_own(std::string_view table, std::string_view row_key) const {
  if (view_.whole) return;
  const bool own =
      row_key.starts_with(key_) && (row_key.size() == key_.size() || row_key[key_.size()] == '~');
  if (!own)
    throw std::logic_error(fmt::format(
        "the row {} of {} is not of the id {} that the fact is of; give it a key that begins with "
        "{}~, or declare the view {} whole()",
        row_key,
        table,
        key_,
        key_,
        view_.name));
}

void Tables::missing(std::string_view table, std::string_view key) {
  throw std::runtime_error(
      fmt::format("it changes the row {} of {}, which is not there", key, table));
}

ViewFold::ViewFold(
    const ViewType& view, const fold::Store& store, std::function<void(const std::string&)> alarm)
    : view_{view},
      tables_{view, store},
      quarantine_{view, store},
      given_{read_completeness(store)},
      alarm_{std::move(alarm)} {}

void ViewFold::apply(const fold::CommitView& commit, fold::Batch&) {
  for (std::size_t i = 0; i < commit.facts.size(); ++i) {
    const auto& fact = commit.facts[i];
    const auto apply = view_.facts.find(fact.type);
    if (apply == view_.facts.end()) continue;  // Another context's; this view does not show it.
    given_.add(fact.aggregate, fact.version, commit.number);
    const FactInfo info{
        fact.aggregate,
        fold::id_of(fact.aggregate),
        fact.version,
        commit.number,
        commit.at,
        commit.actor};
    const auto key = view_.key_of(info.id);
    if (quarantine_.holds(key)) {
      quarantine_.append(std::string{key}, to_set_aside(info, i, fact));
      continue;
    }
    tables_.begin(key);
    try {
      give(tables_, apply->second, info, fact.type, fact.data);
    } catch (const CannotApply& why) {
      tables_.rollback();
      quarantine_.begin(std::string{key}, to_set_aside(info, i, fact), why.what());
      alarm_(fmt::format(
          "view {0}: {1} is set aside: {2}; mend the view, start it again, then `construct view "
          "retry {0}`",
          view_.name,
          view_.whole ? "all of it" : key,
          why.what()));
    }
  }
}

void ViewFold::flush(fold::Batch& batch) {
  tables_.flush(batch);
  quarantine_.flush(batch);
  batch.push_back(to_change(given_));
}

ViewFold::Retried ViewFold::retry(std::string_view only, fold::Batch& batch) {
  Retried retried;
  const auto keys = only.empty() ? quarantine_.keys() : std::vector{std::string{only}};
  for (const auto& key : keys) {
    if (!quarantine_.holds(key)) continue;
    tables_.begin(key);
    try {
      quarantine_.each(key, [&](const construct::SetAsideFact& fact) {
        const auto apply = view_.facts.find(fact.type);
        if (apply == view_.facts.end()) return;  // The view was mended so as not to show it.
        give(
            tables_,
            apply->second,
            {fact.aggregate,
             fold::id_of(fact.aggregate),
             fact.version,
             fact.commit,
             fact.at,
             fact.actor},
            fact.type,
            fact.data.data);
      });
      quarantine_.release(key);
      ++retried.resumed;
    } catch (const CannotApply& why) {
      tables_.rollback();
      quarantine_.explain(key, why.what());
      ++retried.still_aside;
    }
  }
  flush(batch);
  return retried;
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
