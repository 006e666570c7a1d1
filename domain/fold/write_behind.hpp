// A store that is written on a thread of its own, one batch behind who folds into it: while one
// batch is written the next is folded.
//
// Whoever reads the store itself does not see what was folded last; so it is for one that is still
// being made, until keep_up().
//
// Concurrency: one thread, besides its own.
#pragma once

#include <boost/unordered/unordered_flat_map.hpp>
#include <condition_variable>
#include <exception>
#include <map>
#include <mutex>
#include <thread>

#include "domain/fold/store.hpp"

namespace fold {

class WriteBehind final : public Store {
 public:
  explicit WriteBehind(Store& store);
  ~WriteBehind() override;  // what was handed over is written first
  WriteBehind(const WriteBehind&) = delete;
  WriteBehind& operator=(const WriteBehind&) = delete;

  // Throws what writing the batch before threw; from then on each time.
  void take(Batch&& batch) override;
  void write(const Batch& batch) override { take(Batch{batch}); }
  // Returns when all is written, and from now on writes before it returns.
  void keep_up();

  std::optional<std::string> get(Family family, std::string_view key) const override;
  std::vector<std::optional<std::string>> get(
      Family family, const std::vector<std::string>& keys) const override;
  void scan(Family family, std::string_view prefix, std::string_view from, const Visit& visit)
      const override;
  void scan_back(
      Family family,
      std::string_view prefix,
      std::string_view before,
      const Visit& visit) const override;
  std::string name() const override { return store_.name(); }
  void check_sound() const override { store_.check_sound(); }

 private:
  using Keys = boost::unordered_flat_map<std::string_view, const Change*>;

  void run();
  void end_thread();
  void wait() const;  // until nothing is under way
  const Keys& keys_of(Family family) const;

  Store& store_;
  bool keeps_up_ = false;
  mutable std::map<Family, Keys> index_;  // of batch_; of a family when something is looked up
  Batch batch_;                           // constant while it is under way
  mutable std::mutex mutex_;              // guards what follows
  mutable std::condition_variable changed_;
  bool under_way_ = false;
  bool ending_ = false;
  std::exception_ptr failure_;
  std::thread thread_;  // from the first batch that is written behind until keep_up()
};

}  // namespace fold
