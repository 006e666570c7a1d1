#include "projections/views/store_reader.hpp"

namespace views {
namespace {

class StoreMoment final : public Moment {
 public:
  StoreMoment(const ViewType& view, const fold::Reads& store)
      : view_{view}, store_{store}, cursor_{fold::read_cursor(store)} {}

  std::optional<kernel::Position> position() const override {
    if (!cursor_ || cursor_->head.next == 0) return std::nullopt;
    return kernel::Position{cursor_->incarnation, cursor_->head.next - 1};
  }

  std::optional<Row> get(std::string_view table, std::string_view key) const override {
    const auto stored = store_.get(family(view_, table), key);
    if (!stored) return std::nullopt;
    return from_stored(key, *stored);
  }

  std::vector<Row> scan(
      std::string_view table,
      std::string_view prefix,
      std::string_view after,
      std::size_t limit) const override {
    std::vector<Row> rows;
    if (limit == 0) return rows;
    store_.scan(family(view_, table), prefix, behind(after), [&](auto key, auto stored) {
      rows.push_back(from_stored(key, stored));
      return rows.size() < limit;
    });
    return rows;
  }

  std::vector<Entry> scan_index(
      std::string_view table,
      std::string_view index,
      std::string_view prefix,
      std::string_view after,
      std::size_t limit) const override {
    std::vector<std::string> found;
    std::vector<std::string> keys;
    if (limit == 0) return {};
    store_.scan(family(view_, table, index), prefix, behind(after), [&](auto entry, auto) {
      keys.emplace_back(row_key_of(entry));
      found.emplace_back(entry);
      return found.size() < limit;
    });
    const auto stored = store_.get(family(view_, table), keys);
    std::vector<Entry> entries;
    for (std::size_t i = 0; i < found.size(); ++i)
      if (stored[i]) entries.push_back({std::move(found[i]), from_stored(keys[i], *stored[i])});
    return entries;
  }

 private:
  // The first key that sorts after a whole key.
  static std::string behind(std::string_view after) {
    if (after.empty()) return {};
    std::string from{after};
    from += '\0';
    return from;
  }

  const ViewType& view_;
  const fold::Reads& store_;
  std::optional<fold::Cursor> cursor_;  // read before any row
};

class StoreReader final : public Reader {
 public:
  StoreReader(const ViewType& view, fold::Followed& store) : view_{view}, store_{store} {}

  void read(const std::function<void(const Moment&)>& query) override {
    store_.read([&](const fold::Reads& store) { query(StoreMoment{view_, store}); });
  }
  void when(
      kernel::CommitNumber wanted,
      std::chrono::milliseconds patience,
      std::function<void(bool)> then) override {
    store_.when(wanted, patience, std::move(then));
  }

 private:
  const ViewType& view_;
  fold::Followed& store_;
};

}  // namespace

std::unique_ptr<Reader> make_reader(const ViewType& view, fold::Followed& store) {
  return std::make_unique<StoreReader>(view, store);
}

}  // namespace views
