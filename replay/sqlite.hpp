// Facts as a SQLite database: every fact in `events`, and its fields in the table of its kind.
//
//   events(position, commit_number, fact_index, committed_at, context, aggregate, aggregate_id,
//          aggregate_version, fact, actor, command, command_id, correlation_id, causation_id)
//   OrderPlaced(commit_number, fact_index, aggregate_id, committed_at, and each of its fields)
//   manifest(name, value)
//
// The key is (commit_number, fact_index) everywhere.
//
// Numbers and truths are INTEGER, all else is TEXT: times RFC 3339 in UTC, lists and what else is
// no single value JSON, for json_each(). STRICT tables, so that a column holds what it says. There
// is a table for each fact that was asked for, also where there was none.
//
// Concurrency: one thread.
#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <string_view>
#include <unordered_map>

#include "replay/sinks.hpp"
#include "replay/sqlite_file.hpp"

namespace replay {

class Sqlite final : public Sink {
 public:
  // The file is there, and empty. Throws std::runtime_error.
  Sqlite(
      const std::filesystem::path& file, const std::function<bool(const schemas::Table&)>& wanted);

  void add(const fold::Event& event) override;
  // Of the manifest.
  void say(std::string_view name, std::string_view value);
  void end() override;

 private:
  SqliteFile file_;
  std::unique_ptr<SqliteFile::Statement> event_;
  std::unordered_map<const schemas::Table*, std::unique_ptr<SqliteFile::Statement>> facts_;
};

}  // namespace replay
