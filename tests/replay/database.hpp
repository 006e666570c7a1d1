// A SQLite database, read back.
#pragma once

#include <doctest/doctest.h>
#include <sqlite3.h>

#include <filesystem>
#include <string>
#include <vector>

namespace replayed {

// What a query answers, its cells as text.
inline std::vector<std::vector<std::string>> query(
    const std::filesystem::path& file, const char* sql) {
  sqlite3* database = nullptr;
  REQUIRE(sqlite3_open_v2(file.c_str(), &database, SQLITE_OPEN_READONLY, nullptr) == SQLITE_OK);
  sqlite3_stmt* statement = nullptr;
  REQUIRE_MESSAGE(
      sqlite3_prepare_v2(database, sql, -1, &statement, nullptr) == SQLITE_OK,
      sqlite3_errmsg(database));
  std::vector<std::vector<std::string>> rows;
  while (sqlite3_step(statement) == SQLITE_ROW) {
    auto& row = rows.emplace_back();
    for (int i = 0; i < sqlite3_column_count(statement); ++i) {
      const auto* text = reinterpret_cast<const char*>(sqlite3_column_text(statement, i));
      row.emplace_back(text ? text : "NULL");
    }
  }
  sqlite3_finalize(statement);
  sqlite3_close(database);
  return rows;
}

using Rows = std::vector<std::vector<std::string>>;

}  // namespace replayed
