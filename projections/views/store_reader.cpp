#include "projections/views/store_reader.hpp"

namespace views {
namespace {

class StoreMoment final : public Moment {
 public:
  StoreMoment(const ViewType& view, const fold::Reads& store)
      : view_{view},
        store_{store},
        cursor_{fold::read_cursor(store)},
        set_aside_keys_{count_set_aside(store)} {}

  std::optional<kernel::Position> position() const override {
    if (!cursor_ || cursor_->head.next == 0) return std::nullopt;
    return kernel::Position{cursor_->incarnation, cursor_->head.next - 1};
  }

  std::optional<Row> get(std::string_view table, std::string_view key) const override {
    const auto stored = store_.get(family(view_, table), key);
    if (!stored) return std::nullopt;
    return row(key, *stored);
  }

  std::uint64_t set_aside_keys() const override { return set_aside_keys_; }
  bool is_set_aside(std::string_view row_key) const override {
    return set_aside_keys_ > 0 && views::is_set_aside(store_, view_, row_key);
  }
  kernel::CommitNumber resumed_before() const override { return views::resumed_before(store_); }

  std::vector<Entry> scan(const Range& range) const override {
    std::vector<Entry> entries;
    if (range.limit == 0) return entries;
    const auto at = family(view_, range.table, range.index);
    if (range.index.empty()) {
      walk(at, range, [&](auto key, auto stored) {
        entries.push_back({std::string{key}, row(key, stored)});
        return entries.size() < range.limit;
      });
      return entries;
    }
    std::vector<std::string> found;
    std::vector<std::string> keys;
    walk(at, range, [&](auto entry, auto) {
      keys.emplace_back(row_key_of(entry));
      found.emplace_back(entry);
      return found.size() < range.limit;
    });
    const auto stored = store_.get(family(view_, range.table), keys);
    for (std::size_t i = 0; i < found.size(); ++i)
      if (stored[i]) entries.push_back({std::move(found[i]), row(keys[i], *stored[i])});
    return entries;
  }

 private:
  Row row(std::string_view key, std::string_view stored) const {
    auto row = from_stored(key, stored);
    row.set_aside = is_set_aside(key);
    return row;
  }
  template <class Visit>
  void walk(fold::Family at, const Range& range, Visit&& visit) const {
    if (range.order == Order::descending)
      return store_.scan_back(at, range.prefix, range.after, visit);
    std::string from{range.after};
    if (!from.empty()) from += '\0';  // the first key behind it
    store_.scan(at, range.prefix, from, visit);
  }

  const ViewType& view_;
  const fold::Reads& store_;
  std::optional<fold::Cursor> cursor_;  // read before any row
  std::uint64_t set_aside_keys_;
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
