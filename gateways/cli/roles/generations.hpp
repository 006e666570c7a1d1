// The generations of a view: stores that the same code made of the same log, one of which is read.
//
//   folds/orders-4            a link to the one that is read, exchanged in one step
//   folds/orders-4.previous   a link to the one that was read before, if there is one
//   folds/orders-4.2          a generation
//
// A generation that no link leads to and that is newer than both is being built.
//
// Concurrency: one thread, and one process.
#pragma once

#include <filesystem>
#include <optional>
#include <vector>

namespace cli {

class Generations {
 public:
  // `link` is the view's. Makes the first generation where there is none.
  explicit Generations(std::filesystem::path link);

  int live() const { return live_; }
  std::optional<int> previous() const { return previous_; }
  std::optional<int> next() const { return next_; }
  std::vector<int> all() const;
  std::filesystem::path folder(int generation) const;

  // Begins another one; the previous one is given up, and its store must be closed.
  int begin_next();
  // The next one is read from now on; what was live is the previous one.
  void switch_to_next();
  // The previous one is read again, and what was live is the previous one.
  void roll_back();

 private:
  std::filesystem::path previous_link() const;

  std::filesystem::path link_;
  int live_ = 1;
  std::optional<int> previous_, next_;
};

}  // namespace cli
