// Which commits are whose: an index over the log for those who ask who did what, and what came of
// it. A fold with a store of its own; the commits themselves are read elsewhere.
//
//   trail   tag (1)  first half of SHA-256(value) (16)  commit's number (8)  -> steps
// Steps lead from that commit to further ones with the same value, which were folded in one go:
// each is a difference of two numbers, seven bits a byte. Two values with one hash are nothing to
// fear: whoever reads the commits looks at them again.
//
// Concurrency: a Trail reads from any thread, beside the one thread that folds.
#pragma once

#include <array>
#include <boost/unordered/unordered_flat_map.hpp>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "domain/fold/fold.hpp"

namespace audit {

struct TrailFamilies {
  static constexpr fold::Family trail = 1;
  static constexpr std::array names{"trail"};
};

enum class Tag : char {
  actor = 'a',
  correlation = 'c',
  causation = 'k',  // "commit 41"
  type = 't',       // of a fact
  context = 'x',    // of a fact's aggregate
};

class TrailFold final : public fold::Fold {
 public:
  void apply(const fold::CommitView& commit, fold::Batch& batch) override;
  void flush(fold::Batch& batch) override;

 private:
  // A value that many commits have, and which of them have been applied since the last flush.
  struct Term {
    std::string prefix;
    kernel::CommitNumber first = 0, last = 0;
    std::string steps = {};  // from one to the next
    bool open = false;
  };
  void add(Tag tag, std::string_view value, kernel::CommitNumber number);

  boost::unordered_flat_map<std::string, Term> terms_;  // by tag and value
};

class Trail {
 public:
  explicit Trail(const fold::Reads& store) : store_{store} {}

  // The numbers of the commits with such a value, from `from` on, until `visit` returns false.
  void scan(
      Tag tag,
      std::string_view value,
      kernel::CommitNumber from,
      const std::function<bool(kernel::CommitNumber)>& visit) const;

 private:
  const fold::Reads& store_;
};

}  // namespace audit
