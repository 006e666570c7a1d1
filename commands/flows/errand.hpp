// An errand: something that a fold has decided must be done outside the fold, and that the log will
// tell when it is done. Commands of flows are errands, and so are effects.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "domain/fold/fold.hpp"

namespace flows {

using schemas::Time;

struct Errand {
  std::optional<Time> due;  // not to be tried before; absent: at once
  Time asked_at;            // by the commit that led to it
  bool held = false;        // not to be tried until an operator says so
};

// A fold with a family of errands, by ids that sort in no particular way.
class ErrandFold : public fold::Fold {
 public:
  virtual fold::Family outbox() const = 0;
  virtual Errand errand_of(std::string_view bytes) const = 0;
  // The errand's bytes, held or released.
  virtual std::string with_held(std::string_view bytes, bool held) const = 0;

  // The errands that came and went since the last call; to be acted on once they are stored.
  using Changes = std::vector<std::pair<std::string, std::optional<Errand>>>;
  Changes take_changes() { return std::exchange(changes_, {}); }

 protected:
  void changed(std::string id, std::optional<Errand> errand) {
    changes_.emplace_back(std::move(id), errand);
  }

 private:
  Changes changes_;
};

}  // namespace flows
