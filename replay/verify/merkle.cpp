#include "replay/verify/merkle.hpp"

#include <bit>
#include <string>

namespace verify {

Digest leaf_of(std::string_view entry) {
  std::string bytes{'\0'};
  bytes += entry;
  return kernel::sha256(bytes);
}

Digest parent_of(const Digest& left, const Digest& right) {
  std::string bytes{'\x01'};
  bytes += kernel::text(left);
  bytes += kernel::text(right);
  return kernel::sha256(bytes);
}

Digest Growing::root() const {
  if (complete_.empty()) return kernel::sha256("");
  auto root = complete_.back();
  for (auto left = complete_.rbegin() + 1; left != complete_.rend(); ++left)
    root = parent_of(*left, root);
  return root;
}

bool included(
    const Digest& leaf,
    std::uint64_t index,
    std::uint64_t size,
    std::span<const Digest> path,
    const Digest& root) {
  if (index >= size) return false;
  auto node = index, last = size - 1;  // fn and sn of the RFC
  auto hash = leaf;
  for (const auto& sibling : path) {
    if (last == 0) return false;
    if (node & 1 || node == last) {
      hash = parent_of(sibling, hash);
      while (!(node & 1) && node != 0) {
        node >>= 1;
        last >>= 1;
      }
    } else {
      hash = parent_of(hash, sibling);
    }
    node >>= 1;
    last >>= 1;
  }
  return last == 0 && hash == root;
}

bool consistent(
    std::uint64_t old_size,
    const Digest& old_root,
    std::uint64_t size,
    const Digest& root,
    std::span<const Digest> proof) {
  if (old_size > size) return false;
  if (old_size == size) return proof.empty() && old_root == root;
  if (old_size == 0) return proof.empty();
  if (proof.empty()) return false;
  auto node = old_size - 1, last = size - 1;
  while (node & 1) {
    node >>= 1;
    last >>= 1;
  }
  // Of a power of two, the old root is where the proof begins, and is left out of it.
  const bool begins_with_root = std::has_single_bit(old_size);
  auto old_hash = begins_with_root ? old_root : proof.front();
  auto hash = old_hash;
  for (const auto& sibling : begins_with_root ? proof : proof.subspan(1)) {
    if (last == 0) return false;
    if (node & 1 || node == last) {
      old_hash = parent_of(sibling, old_hash);
      hash = parent_of(sibling, hash);
      while (!(node & 1) && node != 0) {
        node >>= 1;
        last >>= 1;
      }
    } else {
      hash = parent_of(hash, sibling);
    }
    node >>= 1;
    last >>= 1;
  }
  return last == 0 && old_hash == old_root && hash == root;
}

}  // namespace verify
