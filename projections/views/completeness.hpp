// Proof that a view has been given every fact of the log that it shows: a count and a digest of
// them, kept in its store and computed from the log alone.
//
// The digest is a sum of a hash of each fact's stream, version and commit. So it does not depend on
// the order in which keys are folded, and says the same of a view that was built in parallel. It
// tells a view that lost or doubled facts, not one that somebody forged.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "domain/fold/fold.hpp"
#include "domain/fold/store.hpp"

namespace views {

struct ViewType;

struct Completeness {
  std::uint64_t facts = 0;  // applied or set aside
  std::uint64_t digest = 0;
  std::optional<kernel::CommitNumber> position;  // of the last commit

  void add(std::string_view stream, std::uint64_t version, kernel::CommitNumber commit);
  bool operator==(const Completeness&) const = default;
};

// Of a view's store.
Completeness read_completeness(const fold::Reads& store);
fold::Change to_change(const Completeness& completeness);

// What a view's completeness must be, by the log: a fold that keeps nothing, to be run from the
// log's beginning.
class Audit final : public fold::Fold {
 public:
  explicit Audit(const ViewType& view) : view_{view} {}

  void apply(const fold::CommitView& commit, fold::Batch& batch) override;
  const Completeness& found() const { return found_; }

 private:
  const ViewType& view_;
  Completeness found_;
};

}  // namespace views
