// Views: typed tables that a projection keeps, a fold of the log.
//
// A context declares, in its namespace, its tables and for each fact
//   void project(views::Tables&, const views::FactInfo&, const Fact&);
// A second view of the same facts names a function for each of those that it shows:
// Builder::fact(). Rows are FlatBuffers of the schema's row tables, so any build can show them.
// Indexes are kept by the table itself.
//
// A view is partitioned by the aggregates' ids: a fact reads and writes the rows `<id>` and
// `<id>~…` only, so that a fact that cannot be applied holds up no other id's
// (projections/views/quarantine.hpp). A view whose rows mix aggregates says so: Builder::whole().
#pragma once

#include <algorithm>
#include <functional>
#include <initializer_list>
#include <map>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#include "domain/fold/fold.hpp"
#include "domain/fold/overlay.hpp"
#include "domain/kernel/by_text.hpp"
#include "projections/views/completeness.hpp"
#include "projections/views/index.hpp"
#include "projections/views/quarantine.hpp"
#include "projections/views/reader.hpp"

namespace views {

// What is known of a fact besides itself.
struct FactInfo {
  std::string_view stream;    // "inventory/StockItem/sku-1"
  std::string_view id;        // "sku-1"
  std::uint64_t version = 0;  // of the aggregate
  kernel::CommitNumber position = 0;
  schemas::Time at;
  std::string_view actor;  // whose command it was
};

struct TableType {
  std::string name;
  const schemas::Table* row = nullptr;  // "StockItemRow"
  std::vector<IndexType> indexes;       // other orders in which its rows are listed
  // Which of the indexes a row is in; empty: in all.
  std::function<std::vector<bool>(std::string_view row)> in_subsets;

  // Where a row stands in each of its indexes.
  std::vector<std::vector<std::string>> entries(std::string_view key, std::string_view bytes) const;
};

class Tables;
using Apply = std::function<void(Tables&, const FactInfo&, std::string_view data)>;

// A new version of a view is another view: it is built beside the old one, in a folder of its own.
struct ViewType {
  std::string name;
  int version = 1;
  std::vector<TableType> tables;
  kernel::ByText<Apply> facts;  // by the name of the fact
  bool whole = false;           // its rows mix aggregates: one key for all of them

  std::string_view key_of(std::string_view id) const { return whole ? whole_view : id; }
};

// The store's families: the fold's own, then each table followed by its indexes, then what is set
// aside.
std::vector<std::string> families(const ViewType& view);
fold::Family family(const ViewType& view, std::string_view table, std::string_view index = {});
fold::Family quarantine_family(const ViewType& view);

// A row as it is stored: the version and position that last changed it, then its FlatBuffer.
std::string to_stored(std::uint64_t version, kernel::CommitNumber position, std::string_view bytes);
Row from_stored(std::string_view key, std::string_view stored);

// A table's handle for typed access; declared once in the view's header.
template <class Row>
struct Table {
  std::string_view name;
};

// The tables while a batch of commits is applied: what was written is read back before it is
// stored. One thread.
class Tables {
 public:
  Tables(const ViewType& view, const fold::Store& store);

  // What is written from here on is of one key, and can be undone until the next.
  void begin(std::string_view key);
  void rollback() { written_.rollback(); }

  template <class R>
  std::optional<R> get(const Table<R>& table, std::string_view key) const {
    check_own(table.name, key);
    const auto stored = written_.get(family(view_, table.name), key);
    if (!stored) return std::nullopt;
    R row;
    decode(from_stored(key, *stored).bytes, row);
    return row;
  }
  template <class R>
  void put(const Table<R>& table, std::string_view key, const FactInfo& info, const R& row) {
    write(table.name, key, to_stored(info.version, info.position, encode(row)));
  }
  // A row that no fact has made before, so nothing needs to be looked up.
  template <class R>
  void insert(const Table<R>& table, std::string_view key, const FactInfo& info, const R& row) {
    write(table.name, key, to_stored(info.version, info.position, encode(row)), Before::absent);
  }
  // Changes a row that an earlier fact of the same history has made.
  template <class R, class Change>
  void edit(const Table<R>& table, std::string_view key, const FactInfo& info, Change&& change) {
    auto row = get(table, key);
    if (!row) missing(table.name, key);
    change(*row);
    put(table, key, info, *row);
  }
  template <class R>
  void erase(const Table<R>& table, std::string_view key) {
    write(table.name, key, std::nullopt);
  }

  // Hands over what was written.
  void flush(fold::Batch& batch) { written_.flush(batch); }

 private:
  enum class Before : std::uint8_t { unknown, absent };
  void write(
      std::string_view table,
      std::string_view key,
      std::optional<std::string> stored,
      Before known = Before::unknown);
  void check_own(std::string_view table, std::string_view row_key) const;
  [[noreturn]] static void missing(std::string_view table, std::string_view key);

  const ViewType& view_;
  fold::Overlay written_;
  std::string_view key_;
};

// A view as a fold.
class ViewFold final : public fold::Fold {
 public:
  // `alarm` hears, once for each key that is set aside, why and what to do.
  ViewFold(
      const ViewType& view,
      const fold::Store& store,
      std::function<void(const std::string&)> alarm);

  void apply(const fold::CommitView& commit, fold::Batch& batch) override;
  void flush(fold::Batch& batch) override;

  struct Retried {
    std::size_t resumed = 0;
    std::size_t still_aside = 0;
  };
  // Applies what is set aside under a key, or under every key when it is empty. A key whose facts
  // can all be applied now resumes; another stays as it was, with the new reason. On the fold's
  // thread, between its batches; the batch holds all of it, so retry key by key where there is
  // much.
  Retried retry(std::string_view key, fold::Batch& batch);

 private:
  const ViewType& view_;
  Tables tables_;
  Quarantine quarantine_;
  Completeness given_;
  const std::function<void(const std::string&)> alarm_;
};

// ---- Declaring a view ----

template <class Fact>
concept Projected = requires(Tables& tables, const FactInfo& info, const Fact& fact) {
  project(tables, info, fact);
};

// An index, by the names of the row's fields:  {.by = {"user_id", "created_at"}}. Of some of the
// rows only, those that `holds`:  {.by = {"quantity_available"}, .among = "low", .holds = is_low}.
template <class Row>
struct Index {
  std::vector<std::string> by;
  std::string among = {};
  bool (*holds)(const Row&) = nullptr;
};

class Builder {
 public:
  Builder(std::string name, int version) {
    view_.name = std::move(name);
    view_.version = version;
  }

  // Throws std::invalid_argument with a sentence when an index has no such row.
  template <class Row>
  Builder& table(
      const Table<Row>& table,
      std::initializer_list<Index<std::type_identity_t<Row>>> indexes = {}) {
    auto& made = add(table.name, Row::type_name);
    std::vector<bool (*)(const Row&)> subsets;
    for (const auto& index : indexes) {
      add_index(made, index.by, index.among);
      subsets.push_back(index.holds);
    }
    if (std::ranges::any_of(subsets, [](auto holds) { return holds != nullptr; }))
      made.in_subsets = [subsets](std::string_view bytes) {
        Row row;
        decode(bytes, row);
        std::vector<bool> in;
        for (const auto holds : subsets) in.push_back(!holds || holds(row));
        return in;
      };
    return *this;
  }

  // Every fact of these aggregates, `StockItemFact, LocationFact`; one without its project() does
  // not compile.
  template <class... Variants>
  Builder& facts() {
    (all(std::type_identity<Variants>{}), ...);
    return *this;
  }

  // One fact, by a function of this view's own.
  template <class Fact>
  Builder& fact(void (*project)(Tables&, const FactInfo&, const Fact&)) {
    view_.facts.emplace(
        Fact::type_name, [project](Tables& tables, const FactInfo& info, std::string_view data) {
          Fact fact;
          decode(data, fact);
          project(tables, info, fact);
        });
    return *this;
  }

  // Its facts read or write rows of other aggregates than their own; so all of it is set aside as
  // soon as one fact cannot be applied.
  Builder& whole() {
    view_.whole = true;
    return *this;
  }

  ViewType build() { return std::move(view_); }

 private:
  TableType& add(std::string_view name, std::string_view row);
  static void add_index(
      TableType& table, const std::vector<std::string>& by, const std::string& among);

  template <class... Facts>
  void all(std::type_identity<std::variant<Facts...>>) {
    (one<Facts>(), ...);
  }
  template <class Fact>
  void one() {
    static_assert(
        Projected<Fact>,
        "no project(views::Tables&, const views::FactInfo&, const Fact&) for this fact");
    fact<Fact>([](Tables& tables, const FactInfo& info, const Fact& fact) {
      project(tables, info, fact);
    });
  }

  ViewType view_;
};

// Every view of every context.
const std::vector<ViewType>& all();
const ViewType& named(std::string_view name);  // throws std::invalid_argument

}  // namespace views
