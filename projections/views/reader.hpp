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
  // Facts of its key could not be applied and wait (projections/views/quarantine.hpp): the row is
  // as it was before them.
  bool set_aside = false;
};

enum class Order : std::uint8_t { ascending, descending };

// A stretch of a table, in the order of its keys, or of one of its indexes.
struct Range {
  std::string_view table;
  std::string_view index = {};   // its name (projections/views/index.hpp); empty: the table itself
  std::string_view prefix = {};  // of the table's keys or the index's entries
  std::string_view after = {};   // the place of the last row seen; empty: from the first
  std::size_t limit = 0;
  Order order = Order::ascending;
};

struct Entry {
  std::string place;  // its key in the table or entry in the index: what a cursor holds
  Row row;
};

// What a query sees: one moment of one view.
class Moment {
 public:
  virtual ~Moment() = default;
  // The commit through which the view is folded, read before any row; absent before the first.
  virtual std::optional<kernel::Position> position() const = 0;
  virtual std::optional<Row> get(std::string_view table, std::string_view key) const = 0;
  virtual std::vector<Entry> scan(const Range& range) const = 0;
  // How many keys of the view are set aside.
  virtual std::uint64_t set_aside_keys() const = 0;
  // Of a row that is there or would be.
  virtual bool is_set_aside(std::string_view row_key) const = 0;
  // What was seen before this commit was folded is not to be compared by positions
  // (projections/views/quarantine.hpp).
  virtual kernel::CommitNumber resumed_before() const = 0;
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
