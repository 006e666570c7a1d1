// A view over a store in memory, folded fact by fact; one that it cannot apply throws.
#pragma once

#include <map>
#include <stdexcept>
#include <string>
#include <vector>

#include "projections/views/store_reader.hpp"
#include "projections/views/view.hpp"
#include "tests/simulation/memory_store.hpp"
#include "tests/support/stored.hpp"

namespace folded {

inline constexpr schemas::Time epoch{std::chrono::hours{24 * 365 * 56}};

// A store that does not move.
struct Still final : fold::Followed {
  explicit Still(const fold::Reads& reads) : store{reads} {}
  void read(const std::function<void(const fold::Reads&)>& use) override { use(store); }
  void when(
      kernel::CommitNumber, std::chrono::milliseconds, std::function<void(bool)> then) override {
    then(true);
  }
  const fold::Reads& store;
};

class View {
 public:
  // How many commits go into one write.
  explicit View(views::ViewType type, std::size_t batch_size = 1)
      : type_{std::move(type)}, batch_size_{batch_size} {}

  // A commit of one fact, a second after the one before: "inventory/StockItem/sku-1".
  template <class Fact>
  void add(const std::string& stream, const Fact& fact) {
    construct::Commit commit;
    commit.at = epoch + std::chrono::seconds{number_};
    commit.actor = "ann";
    auto& stored = commit.facts.emplace_back();
    stored.aggregate = stream;
    stored.version = ++versions_[stream];
    stored.type = Fact::type_name;
    stored.data.data = encode(fact);
    fold_.apply(support::Stored{number_++, commit}.view(), batch_);
    if (++pending_ >= batch_size_) write();
  }

  void write() {
    fold_.flush(batch_);
    store_.write(batch_);
    batch_.clear();
    pending_ = 0;
  }

  template <class Row>
  std::optional<Row> row(const views::Table<Row>& table, const std::string& key) const {
    const auto stored = store_.get(views::family(type_, table.name), key);
    if (!stored) return std::nullopt;
    Row row;
    decode(views::from_stored(key, *stored).bytes, row);
    return row;
  }
  // The keys of the rows in the order of an index.
  std::vector<std::string> index(std::string_view table, const std::string& name) const {
    std::vector<std::string> keys;
    store_.scan(views::family(type_, table, name), "", "", [&](auto entry, auto) {
      keys.emplace_back(views::row_key_of(entry));
      return true;
    });
    return keys;
  }
  const simulation::MemoryStore& store() const { return store_; }
  const views::ViewType& type() const { return type_; }

 private:
  views::ViewType type_;
  simulation::MemoryStore store_;
  views::ViewFold fold_{
      type_, store_, [](const std::string& why) { throw std::runtime_error(why); }};
  fold::Batch batch_;
  std::map<std::string, std::uint64_t> versions_;
  kernel::CommitNumber number_ = 1;
  std::size_t batch_size_, pending_ = 0;
};

}  // namespace folded
