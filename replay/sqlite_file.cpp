#include "replay/sqlite_file.hpp"

#include <fmt/format.h>
#include <sqlite3.h>

#include <stdexcept>

#include "schemas/wire.hpp"

namespace replay {

std::string sql_name(std::string_view name) { return fmt::format("\"{}\"", name); }

bool is_number(const schemas::Field& field) {
  const auto kind = field.type.kind;
  return !field.type.list && field.meaning != schemas::Meaning::time &&
         (schemas::is_integer(kind) || kind == schemas::Kind::boolean);
}

SqliteFile::SqliteFile(const std::filesystem::path& file) {
  check(sqlite3_open_v2(file.c_str(), &database_, SQLITE_OPEN_READWRITE, nullptr));
  run("PRAGMA journal_mode=OFF");
  run("PRAGMA synchronous=OFF");
  run("BEGIN");
}

SqliteFile::~SqliteFile() { sqlite3_close(database_); }

void SqliteFile::run(const std::string& sql) {
  check(sqlite3_exec(database_, sql.c_str(), nullptr, nullptr, nullptr));
}

void SqliteFile::check(int status) const {
  if (status == SQLITE_OK) return;
  throw std::runtime_error(fmt::format(
      "SQLite cannot write: {}; make room, and begin again",
      database_ ? sqlite3_errmsg(database_) : sqlite3_errstr(status)));
}

std::unique_ptr<SqliteFile::Statement> SqliteFile::prepare(const std::string& sql) {
  sqlite3_stmt* statement = nullptr;
  check(sqlite3_prepare_v2(database_, sql.c_str(), -1, &statement, nullptr));
  return std::make_unique<Statement>(*this, statement);
}

std::unique_ptr<SqliteFile::Statement> SqliteFile::insert(
    std::string_view table, std::size_t columns, Again again) {
  std::string marks = "?";
  for (std::size_t i = 1; i < columns; ++i) marks += ",?";
  return prepare(fmt::format(
      "INSERT {}INTO {} VALUES({})",
      again == Again::is_ignored ? "OR IGNORE " : "",
      sql_name(table),
      marks));
}

SqliteFile::Statement::~Statement() { sqlite3_finalize(statement_); }

SqliteFile::Statement& SqliteFile::Statement::bind(std::int64_t number) {
  owner_.check(sqlite3_bind_int64(statement_, ++column_, number));
  return *this;
}

SqliteFile::Statement& SqliteFile::Statement::bind(std::string_view text) {
  owner_.check(sqlite3_bind_text64(
      statement_,
      ++column_,
      text.data() ? text.data() : "",
      text.size(),
      SQLITE_STATIC,
      SQLITE_UTF8));
  return *this;
}

SqliteFile::Statement& SqliteFile::Statement::bind_cell(const Cell& cell) {
  if (const auto* number = std::get_if<std::int64_t>(&cell)) return bind(*number);
  if (const auto* text = std::get_if<std::string>(&cell)) return bind(std::string_view{*text});
  return bind_null();
}

SqliteFile::Statement& SqliteFile::Statement::bind_null() {
  owner_.check(sqlite3_bind_null(statement_, ++column_));
  return *this;
}

void SqliteFile::Statement::run() {
  if (sqlite3_step(statement_) != SQLITE_DONE) owner_.check(sqlite3_errcode(owner_.database_));
  owner_.check(sqlite3_reset(statement_));
  column_ = 0;
}

}  // namespace replay
