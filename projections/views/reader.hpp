// Reading a view from outside the process that folds it.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "domain/kernel/position.hpp"

namespace views {

// A stored row: its FlatBuffer, with the version of the aggregate and the commit that last changed
// it.
struct Row {
  std::string key;
  std::uint64_t version = 0;
  kernel::CommitNumber position = 0;
  std::string bytes;
};

struct Entry {
  std::string index_key;  // where it stands in the index: what a cursor holds
  Row row;
};

// What a query sees: one moment of one view.
class Moment {
 public:
  virtual ~Moment() = default;
  // The commit through which the view is folded, read before any row; absent before the first.
  virtual std::optional<kernel::Position> position() const = 0;
  virtual std::optional<Row> get(std::string_view table, std::string_view key) const = 0;
  // Rows in the order of their keys, beginning with `prefix`, after `after` (a whole key; empty:
  // from the first).
  virtual std::vector<Row> scan(
      std::string_view table,
      std::string_view prefix,
      std::string_view after,
      std::size_t limit) const = 0;
  // The same through an index of the table: in the order of the index's keys.
  virtual std::vector<Entry> scan_index(
      std::string_view table,
      std::string_view index,
      std::string_view prefix,
      std::string_view after,
      std::size_t limit) const = 0;
};

// One view, opened for queries. Any thread may call it.
class Reader {
 public:
  virtual ~Reader() = default;

  // Runs the query on a moment that does not move while it runs; so keep it bounded. Throws
  // std::runtime_error when the store cannot be read.
  virtual void read(const std::function<void(const Moment&)>& query) = 0;

  // Calls back once, true when the view has folded commit `wanted`, false when `patience` is over
  // first. May call back at once, on this thread; otherwise on a thread of the reader's.
  virtual void when(
      kernel::CommitNumber wanted,
      std::chrono::milliseconds patience,
      std::function<void(bool)> then) = 0;
};

}  // namespace views
