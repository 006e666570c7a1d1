// A commit as folds are given it: read from its bytes.
#pragma once

#include <string>

#include "domain/fold/block_view.hpp"

namespace support {

class Stored {
 public:
  Stored(kernel::CommitNumber number, const construct::Commit& commit) : bytes_{encode(commit)} {
    fold::read(number, bytes_, view_);
  }
  Stored(const Stored&) = delete;
  Stored& operator=(const Stored&) = delete;

  const fold::CommitView& view() const { return view_; }

 private:
  const std::string bytes_;
  fold::CommitView view_;
};

}  // namespace support
