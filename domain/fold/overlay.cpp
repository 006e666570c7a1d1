#include "domain/fold/overlay.hpp"

#include <algorithm>
#include <boost/unordered/unordered_flat_map.hpp>
#include <iterator>
#include <utility>

namespace fold {

class Overlay::Index {
 public:
  explicit Index(std::size_t families) : of_family_(families) {}

  Change* find(Family family, std::string_view key) const {
    const auto& keys = of_family_[family];
    const auto found = keys.find(key);
    return found == keys.end() ? nullptr : found->second;
  }
  void add(Change& change) { of_family_[change.family].emplace(change.key, &change); }
  void drop(const Change& change) { of_family_[change.family].erase(change.key); }
  void clear() {
    for (auto& keys : of_family_) keys.clear();
  }

 private:
  std::vector<boost::unordered_flat_map<std::string_view, Change*>> of_family_;
};

Overlay::Overlay(const Reads& store, std::size_t families)
    : store_{store}, index_{std::make_unique<Index>(families)} {}

Overlay::~Overlay() = default;

std::optional<std::string> Overlay::get(Family family, std::string_view key) const {
  if (const auto* written = index_->find(family, key)) return written->value;
  return store_.get(family, key);
}

void Overlay::put(Family family, std::string key, std::optional<std::string> value) {
  if (auto* written = index_->find(family, key)) {
    auto before = std::exchange(written->value, std::move(value));
    if (undoable_) undo_.push_back({written, false, std::move(before)});
    return;
  }
  auto& change = changes_.emplace_back(Change{family, std::move(key), std::move(value)});
  index_->add(change);
  if (undoable_) undo_.push_back({&change, true, std::nullopt});
}

void Overlay::savepoint() {
  undo_.clear();
  undoable_ = true;
}

void Overlay::rollback() {
  for (auto last = undo_.rbegin(); last != undo_.rend(); ++last) {
    if (last->fresh) {
      index_->drop(*last->change);
      changes_.pop_back();  // what is undone later was written earlier
    } else {
      last->change->value = std::move(last->before);
    }
  }
  undo_.clear();
}

void Overlay::flush(Batch& batch) {
  undo_.clear();
  undoable_ = false;
  index_->clear();
  std::ranges::move(changes_, std::back_inserter(batch));
  changes_.clear();
}

}  // namespace fold
