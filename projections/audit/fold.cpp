#include "projections/audit/fold.hpp"

#include <fmt/format.h>

#include <utility>

namespace audit {
namespace {

std::string framed(std::string_view entry) {
  return fold::ordered(entry.size()).substr(6).append(entry);
}

// Of a full tile, a level at a time.
Digest root_of_full(std::string_view hashes) {
  std::vector<Digest> nodes;
  for (std::size_t i = 0; i < tile_width; ++i) nodes.push_back(hash_at(hashes, i));
  for (auto count = tile_width; count > 1; count /= 2)
    for (std::size_t i = 0; i < count / 2; ++i)
      nodes[i] = node_hash(nodes[2 * i], nodes[2 * i + 1]);
  return nodes.front();
}

// The beginning of what is stored under a key; there may be more, which is of commits that the
// cursor does not count.
std::string begun(
    const fold::Reads& store, fold::Family family, const std::string& key, std::size_t size) {
  if (size == 0) return {};
  auto stored = store.get(family, key);
  if (!stored || stored->size() < size)
    throw Refused("the audit store is not whole; remove it, and it is made again from the log");
  stored->resize(size);
  return std::move(*stored);
}

}  // namespace

TreeFold::TreeFold(const fold::Reads& store) {
  const auto size = size_of(store);
  constexpr unsigned levels_most = 64 / tile_height;
  for (unsigned level = 0; level < levels_most && size >> level * tile_height != 0; ++level) {
    const auto count = size >> level * tile_height;
    auto& open = open_.emplace_back();
    open.index = count / tile_width;
    open.hashes =
        begun(store, Families::tiles, tile_key(level, open.index), count % tile_width * hash_size);
  }
  bundle_.index = size / tile_width;
  bundle_.hashes = begun(
      store,
      Families::entries,
      fold::ordered(bundle_.index),
      size % tile_width * framed_entry_size);
}

void TreeFold::apply(const fold::CommitView& commit, fold::Batch& batch) {
  if (fold::begins_life(commit))
    batch.push_back(
        {Families::meta,
         std::string{log_key},
         fmt::format(
             "{}/{}", fold::id_of(commit.facts.at(0).aggregate), fold::incarnation_of(commit))});
  const auto entry = entry_of(commit.number, commit.at, commit.bytes);
  bundle_.hashes += framed(entry);
  bundle_.changed = true;
  if (bundle_.hashes.size() == tile_width * framed_entry_size) {
    batch.push_back({Families::entries, fold::ordered(bundle_.index), std::move(bundle_.hashes)});
    bundle_ = {bundle_.index + 1, {}, false};
  }
  append(0, leaf_hash(entry), batch);
}

void TreeFold::append(unsigned level, const Digest& hash, fold::Batch& batch) {
  if (level == open_.size()) open_.emplace_back();
  auto& open = open_[level];
  open.hashes += kernel::text(hash);
  open.changed = true;
  if (open.hashes.size() < tile_width * hash_size) return;
  const auto full = root_of_full(open.hashes);
  batch.push_back({Families::tiles, tile_key(level, open.index), std::move(open.hashes)});
  open = {open.index + 1, {}, false};
  append(level + 1, full, batch);
}

void TreeFold::flush(fold::Batch& batch) {
  for (unsigned level = 0; level < open_.size(); ++level) {
    auto& open = open_[level];
    if (std::exchange(open.changed, false))
      batch.push_back({Families::tiles, tile_key(level, open.index), open.hashes});
  }
  if (std::exchange(bundle_.changed, false))
    batch.push_back({Families::entries, fold::ordered(bundle_.index), bundle_.hashes});
}

void LogCheck::apply(const fold::CommitView& commit, fold::Batch&) {
  if (commit.number >= size_) return;
  if (commit.number % tile_width == 0 || tile_.empty())
    tile_ = tree_.get(Families::tiles, tile_key(0, commit.number / tile_width)).value_or("");
  const auto at = commit.number % tile_width;
  const auto entry = entry_of(commit.number, commit.at, commit.bytes);
  if (tile_.size() < (at + 1) * hash_size || hash_at(tile_, at) != leaf_hash(entry))
    throw Refused(fmt::format(
        "commit {} of the log is not the one that the tree was made of", commit.number));
}

}  // namespace audit
