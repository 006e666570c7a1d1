// A SQLite database that is written once, in one transaction without a journal: half a file is
// never kept (replay/output.hpp), so nothing needs to be rolled back.
//
// Concurrency: one thread.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

#include "replay/cells.hpp"

struct sqlite3;
struct sqlite3_stmt;

namespace replay {

class SqliteFile {
 public:
  // The file is there, and empty. What follows throws std::runtime_error when the disk fails.
  explicit SqliteFile(const std::filesystem::path& file);
  ~SqliteFile();
  SqliteFile(const SqliteFile&) = delete;
  SqliteFile& operator=(const SqliteFile&) = delete;

  void run(const std::string& sql);
  void commit() { run("COMMIT"); }

  // A statement that is run over and over; its marks are bound one after the other.
  class Statement;
  std::unique_ptr<Statement> prepare(const std::string& sql);
  // INSERT, or INSERT OR IGNORE, of so many columns.
  enum class Again : std::uint8_t { fails, is_ignored };
  std::unique_ptr<Statement> insert(
      std::string_view table, std::size_t columns, Again again = Again::fails);

 private:
  void check(int status) const;

  sqlite3* database_ = nullptr;
};

class SqliteFile::Statement {
 public:
  Statement(SqliteFile& owner, sqlite3_stmt* statement) : owner_{owner}, statement_{statement} {}
  ~Statement();
  Statement(const Statement&) = delete;
  Statement& operator=(const Statement&) = delete;

  Statement& bind(std::int64_t number);
  // What is bound must stay until run().
  Statement& bind(std::string_view text);
  Statement& bind_cell(const Cell& cell);
  Statement& bind_null();
  void run();

 private:
  SqliteFile& owner_;
  sqlite3_stmt* statement_;
  int column_ = 0;
};

// In quotes: it may be a word of SQL.
std::string sql_name(std::string_view name);
// Whether a field's cells are numbers or truths.
bool is_number(const schemas::Field& field);

}  // namespace replay
