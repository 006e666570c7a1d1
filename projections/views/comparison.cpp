#include "projections/views/comparison.hpp"

#include <algorithm>
#include <utility>
#include <vector>

#include "projections/views/view.hpp"

namespace views {
namespace {

constexpr std::size_t rows_at_once = 1'000;

using Rows = std::vector<std::pair<std::string, std::string>>;

// The next rows behind a key, in the order of their keys.
Rows rows_behind(const fold::Reads& store, fold::Family family, const std::string& key) {
  Rows rows;
  store.scan(family, "", key, [&](std::string_view at, std::string_view row) {
    if (at != key || key.empty()) rows.emplace_back(at, row);
    return rows.size() < rows_at_once;
  });
  return rows;
}

// A table's rows, one after the other.
class Walk {
 public:
  Walk(const fold::Reads& store, fold::Family family) : store_{store}, family_{family} { fill(); }

  bool ended() const { return at_ == rows_.size(); }
  const std::string& key() const { return rows_[at_].first; }
  const std::string& row() const { return rows_[at_].second; }
  void next() {
    if (++at_ == rows_.size()) fill();
  }

 private:
  void fill() {
    rows_ = rows_behind(store_, family_, rows_.empty() ? "" : rows_.back().first);
    at_ = 0;
  }

  const fold::Reads& store_;
  const fold::Family family_;
  Rows rows_;
  std::size_t at_ = 0;
};

}  // namespace

Comparison compare_rows(const ViewType& view, const fold::Reads& kept, const fold::Reads& fresh) {
  Comparison found;
  const auto differs = [&](const TableType& table, const std::string& key) {
    if (is_set_aside(kept, view, key)) return;
    if (found.differing++ == 0) found.first = {table.name, key};
  };
  for (const auto& table : view.tables) {
    const auto at = family(view, table.name);
    Walk left{kept, at}, right{fresh, at};
    while (!left.ended() || !right.ended()) {
      ++found.rows;
      const bool only_left = right.ended() || (!left.ended() && left.key() < right.key());
      const bool only_right = left.ended() || (!right.ended() && right.key() < left.key());
      if (only_left || only_right)
        differs(table, only_left ? left.key() : right.key());
      else if (left.row() != right.row())
        differs(table, left.key());
      if (!only_right) left.next();
      if (!only_left) right.next();
    }
  }
  return found;
}

}  // namespace views
