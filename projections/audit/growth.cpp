#include "projections/audit/growth.hpp"

#include <fmt/format.h>

#include <optional>
#include <utility>
#include <vector>

namespace audit {
namespace {

// The complete subtrees that a tree consists of, from left to right, each larger than the next.
class Peaks {
 public:
  struct Peak {
    unsigned height = 0;
    std::uint64_t index = 0;  // among the subtrees of its height
    Digest hash{};
  };

  void add(const Peak& peak) { peaks_.push_back(peak); }
  // Another leaf. `made` hears of every subtree that it completes.
  template <class Made>
  void add_leaf(std::uint64_t index, const Digest& hash, Made made) {
    peaks_.push_back({0, index, hash});
    while (peaks_.size() > 1 && peaks_[peaks_.size() - 2].height == peaks_.back().height) {
      const auto right = peaks_.back();
      peaks_.pop_back();
      auto& left = peaks_.back();
      left = {left.height + 1, left.index / 2, node_hash(left.hash, right.hash)};
      made(left);
    }
  }
  Digest root() const {
    if (peaks_.empty()) return kernel::sha256("");
    auto hash = peaks_.back().hash;
    for (auto peak = peaks_.rbegin() + 1; peak != peaks_.rend(); ++peak)
      hash = node_hash(peak->hash, hash);
    return hash;
  }

 private:
  std::vector<Peak> peaks_;
};

// The tiles and bundles of a store, each read once while it is looked at.
class Reading {
 public:
  explicit Reading(const fold::Reads& store) : store_{store} {}

  Digest hash(unsigned level, std::uint64_t index) {
    const auto& tile = look(Families::tiles, tile_key(level, index / tile_width), tiles_[level]);
    const auto at = index % tile_width;
    if (tile.size() < (at + 1) * hash_size)
      throw Refused(fmt::format("hash {} of level {} is missing in the tree", index, level));
    return hash_at(tile, at);
  }
  std::string_view entry(CommitNumber number) {
    const auto& bundle = look(Families::entries, fold::ordered(number / tile_width), bundle_);
    const auto at = number % tile_width * framed_entry_size;
    if (bundle.size() < at + framed_entry_size)
      throw Refused(fmt::format("the entry of commit {} is missing in the tree", number));
    return std::string_view{bundle}.substr(at + 2, entry_size);
  }

 private:
  using Seen = std::pair<std::string, std::string>;  // key and value

  const std::string& look(fold::Family family, std::string key, Seen& seen) {
    if (seen.first != key) {
      auto value = store_.get(family, key).value_or("");
      seen = {std::move(key), std::move(value)};
    }
    return seen.second;
  }

  const fold::Reads& store_;
  std::array<Seen, 64 / tile_height> tiles_;
  Seen bundle_;
};

Digest subtree(Reading& reading, unsigned height, std::uint64_t index) {
  if (height % tile_height == 0) return reading.hash(height / tile_height, index);
  return node_hash(
      subtree(reading, height - 1, 2 * index), subtree(reading, height - 1, 2 * index + 1));
}

Peaks peaks_of(Reading& reading, std::uint64_t size) {
  Peaks peaks;
  for (unsigned height = 64; height-- > 0;)
    if (size >> height & 1) {
      const auto index = (size >> height) - 1;  // whatever is above is to its left
      peaks.add({height, index, subtree(reading, height, index)});
    }
  return peaks;
}

}  // namespace

Digest grown_root(const fold::Reads& store, const Checkpoint& last_signed, std::uint64_t size) {
  Reading reading{store};
  auto peaks = peaks_of(reading, last_signed.size);
  if (last_signed.size > 0 && peaks.root() != last_signed.root)
    throw Refused(fmt::format(
        "the tree of the first {} commits is not the one that was signed", last_signed.size));
  for (auto number = last_signed.size; number < size; ++number) {
    const auto entry = reading.entry(number);
    const auto leaf = leaf_hash(entry);
    if (fold::from_ordered(entry.substr(1)) != number || reading.hash(0, number) != leaf)
      throw Refused(fmt::format("the tree's leaf of commit {} is not that of its entry", number));
    peaks.add_leaf(number, leaf, [&](const Peaks::Peak& made) {
      if (made.height % tile_height != 0) return;
      const auto level = made.height / tile_height;
      if (reading.hash(level, made.index) != made.hash)
        throw Refused(fmt::format(
            "hash {} of level {} in the tree is not that of what is below it", made.index, level));
    });
  }
  return peaks.root();
}

}  // namespace audit
