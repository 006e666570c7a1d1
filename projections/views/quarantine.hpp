// What a view cannot apply is set aside by key, never skipped: the fact that failed waits, and all
// later ones of its key with it, in their order, until the view is mended. All other keys go on.
//
// It is kept in the view's store, written in the same batches as the tables. In a family of its
// own:
//
//   "key/" key                    construct.SetAsideKey
//   "fact/" key 0 commit index    construct.SetAsideFact
//
// and in the fold runtime's, since whoever reads a row asks for them first:
//
//   "set_aside"                   how many keys are set aside; absent: none
//   "resumed"                     the first commit that was not folded yet when one last resumed
//
// Concurrency: a Quarantine belongs to the fold's thread; the functions read any store.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "domain/fold/overlay.hpp"
#include "domain/fold/store.hpp"
#include "schemas/construct.hpp"

namespace views {

struct ViewType;

// The key that a fact or a row belongs to where the view does not tell keys apart.
inline constexpr std::string_view whole_view = "*";

struct SetAside {
  std::string key;  // an aggregate's id, or whole_view
  std::string why;  // a sentence: which fact failed, and how
  std::uint64_t facts = 0;
  kernel::CommitNumber first = 0;  // the commit of the fact that failed
  schemas::Time since;             // of that commit
};
std::vector<SetAside> set_aside(const fold::Reads& store, const ViewType& view);
std::uint64_t count_set_aside(const fold::Reads& store);

// Whether a row is not what the log says, because facts of its key wait.
bool is_set_aside(const fold::Reads& store, const ViewType& view, std::string_view row_key);

// Rows that resume change without being younger: whoever saw the view before this commit was folded
// cannot tell by their positions.
kernel::CommitNumber resumed_before(const fold::Reads& store);

class Quarantine {
 public:
  Quarantine(const ViewType& view, const fold::Store& store);

  bool empty() const { return count_ == 0; }
  bool holds(std::string_view key) const;
  // A key of which nothing is set aside yet.
  void begin(const std::string& key, const construct::SetAsideFact& fact, std::string why);
  // One more of a key that is held.
  void append(const std::string& key, const construct::SetAsideFact& fact);

  // What follows reads the store, so nothing may be waiting to be flushed.
  std::vector<std::string> keys() const;
  void each(
      const std::string& key,
      const std::function<void(const construct::SetAsideFact&)>& visit) const;
  void explain(const std::string& key, std::string why);
  void release(const std::string& key);

  void flush(fold::Batch& batch) { written_.flush(batch); }

 private:
  construct::SetAsideKey header(std::string_view key) const;
  void put(const std::string& key, const construct::SetAsideKey& header);
  void put(const std::string& key, const construct::SetAsideFact& fact);
  void count(std::uint64_t keys);

  const fold::Store& store_;
  const fold::Family family_;
  fold::Overlay written_;
  std::uint64_t count_;
};

}  // namespace views
