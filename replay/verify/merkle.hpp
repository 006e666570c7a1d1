// RFC 6962's Merkle tree as its auditor sees it: it recomputes, and believes nothing.
//
// On purpose this shares no code with what keeps the tree (projections/audit): there trees are
// taken apart from the root down, here they grow from the leaves up, and proofs are checked by the
// algorithms of RFC 9162 (2.1.3.2 and 2.1.4.2).
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "domain/kernel/crypto.hpp"

namespace verify {

using kernel::Digest;

Digest leaf_of(std::string_view entry);
Digest parent_of(const Digest& left, const Digest& right);

// A tree that grows leaf by leaf; it holds a hash for each complete subtree that it consists of.
class Growing {
 public:
  // Calls made(height, index, hash) for every subtree of 2^height leaves that the leaf completes,
  // itself included.
  template <class Made>
  void add(Digest hash, Made made) {
    auto index = size_++;
    unsigned height = 0;
    made(height, index, hash);
    while (index & 1) {
      hash = parent_of(complete_.back(), hash);
      complete_.pop_back();
      index >>= 1;
      made(++height, index, hash);
    }
    complete_.push_back(hash);
  }
  void add(const Digest& hash) {
    add(hash, [](auto...) {});
  }

  std::uint64_t size() const { return size_; }
  Digest root() const;

 private:
  std::uint64_t size_ = 0;
  std::vector<Digest> complete_;  // the largest first
};

bool included(
    const Digest& leaf,
    std::uint64_t index,
    std::uint64_t size,
    std::span<const Digest> path,
    const Digest& root);

// Whether the tree of `size` leaves is the one of `old_size` with leaves behind it.
bool consistent(
    std::uint64_t old_size,
    const Digest& old_root,
    std::uint64_t size,
    const Digest& root,
    std::span<const Digest> proof);

}  // namespace verify
