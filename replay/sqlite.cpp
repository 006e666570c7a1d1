#include "replay/sqlite.hpp"

#include <fmt/format.h>

#include "domain/fold/names.hpp"
#include "domain/fold/states.hpp"
#include "domain/kernel/crypto.hpp"
#include "schemas/notation.hpp"

namespace replay {
namespace {

std::string table_for(const schemas::Table& fact) {
  auto sql = fmt::format(
      "CREATE TABLE {}(commit_number INTEGER NOT NULL, fact_index INTEGER NOT NULL, "
      "aggregate_id TEXT NOT NULL, committed_at TEXT NOT NULL",
      sql_name(fact.name));
  for (const auto& field : fact.fields)
    sql += fmt::format(
        ", {} {}{}",
        sql_name(field.name),
        is_number(field) ? "INTEGER" : "TEXT",
        field.optional ? "" : " NOT NULL");
  return sql + ", PRIMARY KEY(commit_number, fact_index)) STRICT, WITHOUT ROWID";
}

}  // namespace

Sqlite::Sqlite(
    const std::filesystem::path& file, const std::function<bool(const schemas::Table&)>& wanted)
    : file_{file} {
  file_.run("PRAGMA user_version=1");
  file_.run(
      "CREATE TABLE manifest(name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID");
  file_.run(
      "CREATE TABLE events(position TEXT NOT NULL, commit_number INTEGER NOT NULL, fact_index "
      "INTEGER NOT NULL, committed_at TEXT NOT NULL, context TEXT NOT NULL, aggregate TEXT NOT "
      "NULL, aggregate_id TEXT NOT NULL, aggregate_version INTEGER NOT NULL, fact TEXT NOT NULL, "
      "actor TEXT NOT NULL, command TEXT NOT NULL, command_id TEXT NOT NULL, correlation_id TEXT "
      "NOT NULL, causation_id TEXT NOT NULL, PRIMARY KEY(commit_number, fact_index)) STRICT, "
      "WITHOUT ROWID");
  constexpr std::size_t event_columns = 14, fact_columns = 4;
  event_ = file_.insert("events", event_columns);
  for (const auto& table : schemas::platform().tables()) {
    if (table.role != schemas::Role::fact || !wanted(table)) continue;
    file_.run(table_for(table));
    facts_[&table] = file_.insert(table.name, fact_columns + table.fields.size());
  }
}

void Sqlite::add(const fold::Event& event) {
  const auto& [life, commit, fact, index, table] = event;
  const auto number = static_cast<std::int64_t>(commit.number);
  const auto in_commit = static_cast<std::int64_t>(index);
  const auto position = position_of(event), command_id = kernel::to_uuid(commit.command_id);
  const auto time = schemas::format_time(commit.at);
  event_->bind(position).bind(number).bind(in_commit).bind(time);
  event_->bind(fold::context_of(fact.aggregate))
      .bind(fold::type_of(fact.aggregate))
      .bind(fold::id_of(fact.aggregate));
  event_->bind(static_cast<std::int64_t>(fact.version)).bind(fact.type).bind(commit.actor);
  event_->bind(commit.command).bind(command_id).bind(commit.correlation).bind(commit.causation);
  event_->run();
  auto& row = *facts_.at(&table);
  row.bind(number).bind(in_commit).bind(fold::id_of(fact.aggregate)).bind(time);
  std::vector<Cell> cells;
  cells.reserve(table.fields.size());
  for (const auto& field : table.fields)
    row.bind_cell(cells.emplace_back(cell_of(table, field, fact.data)));
  row.run();
}

void Sqlite::say(std::string_view name, std::string_view value) {
  file_.insert("manifest", 2)->bind(name).bind(value).run();
}

void Sqlite::end() {
  file_.run("CREATE INDEX events_of_aggregate ON events(aggregate_id, aggregate_version)");
  file_.run("CREATE INDEX events_of_correlation ON events(correlation_id)");
  file_.commit();
}

}  // namespace replay
