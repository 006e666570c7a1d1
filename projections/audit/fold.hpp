// The audit tree as a fold of the log: every commit becomes a leaf.
//
// What it stores follows from the log alone, so any two that fold the same log store the same
// bytes.
//
// Concurrency: one thread.
#pragma once

#include <string>
#include <vector>

#include "domain/fold/fold.hpp"
#include "projections/audit/tree.hpp"

namespace audit {

class TreeFold final : public fold::Fold {
 public:
  // Goes on where the store stands. Throws Refused when the store is not whole.
  explicit TreeFold(const fold::Reads& store);

  void apply(const fold::CommitView& commit, fold::Batch& batch) override;
  void flush(fold::Batch& batch) override;

 private:
  // A tile that is not full yet.
  struct Open {
    std::uint64_t index = 0;
    std::string hashes;
    bool changed = false;
  };

  void append(unsigned level, const Digest& hash, fold::Batch& batch);

  std::vector<Open> open_;  // by level
  Open bundle_;             // of entries
};

// A fold that keeps nothing: whether the log still is what the tree was made of, up to `size`
// commits. Throws Refused, naming the first commit that is another one.
class LogCheck final : public fold::Fold {
 public:
  LogCheck(const fold::Reads& tree, std::uint64_t size) : tree_{tree}, size_{size} {}

  void apply(const fold::CommitView& commit, fold::Batch& batch) override;

 private:
  const fold::Reads& tree_;
  std::uint64_t size_;
  std::string tile_;  // the one that holds the leaf of the commit before
};

}  // namespace audit
