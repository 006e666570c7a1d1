// A view as of a moment, folded from the log into a folder of its own, beside whatever runs:
//
//   DIR/store           RocksDB, as a projector keeps it
//   DIR/manifest.json   written last: a folder without it was not finished
//
// Its state hash is the SHA-256 of all its rows as write_row() has them, a line each, table after
// table in the order of the keys: what `construct replay state --from DIR` prints. So it can be
// checked with sha256sum, and does not depend on how the store lays its files out.
//
// Concurrency: one thread.
#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>

#include "gateways/rocks/database.hpp"
#include "projections/views/view.hpp"
#include "replay/changes.hpp"
#include "replay/history.hpp"

namespace replay {

// A folder that is gone when it is no more needed.
class Scratch {
 public:
  Scratch();  // throws std::runtime_error
  ~Scratch();
  Scratch(const Scratch&) = delete;
  Scratch& operator=(const Scratch&) = delete;
  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

// There is a view of that name. Throws Refused.
const views::ViewType& view_named(std::string_view name);

// Folds it into `folder`, which is not there yet or empty. With `only_row` nothing is folded that
// has no part in the row of that key. Throws Refused.
void rebuild(
    History& history,
    const views::ViewType& view,
    const Moment& at,
    Changes changes,
    const std::filesystem::path& folder,
    const std::optional<std::string>& only_row = std::nullopt);

// {"table":"orders","key":"o-1","version":3,"commit":41,"row":{…}}, and "set_aside":true where
// facts of the row could not be applied. Without a line's end. Throws schemas::Corrupt.
void write_row(std::string& out, const views::TableType& table, const views::Row& row);

// A table's rows in the order of their keys, one after the other. `store` outlives it.
class Rows {
 public:
  Rows(const fold::Reads& store, const views::ViewType& view, const views::TableType& table);
  std::optional<views::Row> next();

 private:
  const fold::Reads& store_;
  const views::ViewType& view_;
  const fold::Family family_;
  const bool any_set_aside_;
  std::vector<views::Row> page_;  // in reverse
  std::string from_;
  bool done_ = false;
};

class Rebuilt {
 public:
  // Opened for reading; several may be at once. Throws Refused when the folder is none.
  explicit Rebuilt(const std::filesystem::path& folder);

  const nlohmann::ordered_json& manifest() const { return manifest_; }
  const views::ViewType& view() const { return *view_; }
  // Throws Refused.
  const views::TableType& table(std::string_view name) const;
  std::optional<views::Row> get(const views::TableType& table, std::string_view key) const;
  Rows rows(const views::TableType& table) const { return {*store_, *view_, table}; }

 private:
  Scratch scratch_;
  nlohmann::ordered_json manifest_;
  const views::ViewType* view_ = nullptr;
  std::unique_ptr<rocks::Database> store_;
};

}  // namespace replay
