// Runs an errand fold: follows the log, and tries each errand until the log tells that it is done.
//
// An errand may be tried more than once, by one process after a crash or by two at the same time:
// whoever is asked knows it by its id and does it once.
//
// A fold that begins anew on a log with a history (its store was lost, or its code changed) comes
// to all of its errands again. Those that the log does not show as done by the time it has caught
// up with where the log ended then are held, not tried: either they were on their way when the
// store was lost, or the new code has invented them, and only a person can tell. Timers that are
// not due yet go on. And where a backup of the log was restored nothing at all is tried: what
// happened after the backup is not in the log, but the outside world knows it. resume() is the
// person's word that all of it may be done.
//
// Concurrency: any thread, but start and stop it from one.
#pragma once

#include <atomic>
#include <chrono>
#include <functional>
#include <future>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>

#include "commands/engine/worker.hpp"
#include "commands/flows/errand.hpp"
#include "domain/fold/following.hpp"
#include "domain/kernel/clock.hpp"

namespace flows {

class Errands {
 public:
  // To be called once, from any thread: when to try again, unless the log has told by then.
  using Done = std::function<void(std::chrono::microseconds again)>;
  // Tries an errand; `tries` counts the earlier ones: at least one where a process before this one
  // may have tried.
  using Try = std::function<void(
      const std::string& id, const std::string& bytes, unsigned tries, Done done)>;

  struct Options {
    std::string name;  // for metrics and threads: "flows"
    fold::Log& log;
    fold::Store& store;
    ErrandFold& fold;
    const kernel::Clock& clock;
    Try attempt;
    std::function<void()> folded;  // the store has moved
    std::function<void(const std::string& sentence)> alarm;
    std::function<void(const std::string& why)> failed;  // it cannot go on
  };

  explicit Errands(Options options);
  ~Errands();

  // An operator has looked: tries what was held, and goes on after a pause. How many were held.
  std::future<std::size_t> resume();
  struct State {
    std::size_t waiting, held, failing;
    bool paused;
  };
  State state() const { return {waiting_, held_, failing_, paused_}; }
  // Prometheus text.
  std::string metrics() const;
  kernel::CommitNumber folded() const { return runner_.cursor().head.next; }

 private:
  // A timer waits for a time of day, by a clock that may jump; everything else for some time to
  // pass, which no jump makes longer or shorter.
  struct Known {
    enum class Where : std::uint8_t { timers, agenda, tried };
    std::optional<Time> due;
    std::chrono::microseconds turn{};  // in the agenda
    unsigned tries = 0;
    Where where = Where::tried;
  };
  enum class Tried : std::uint8_t { never, perhaps };

  class Pausing;

  void begin();
  void load();
  void on_folded(const std::vector<fold::Progress>& progress);
  void hold_back();
  std::chrono::microseconds after_group();
  void apply(const ErrandFold::Changes& changes, Tried before);
  void put(const std::string& id, const Errand& errand, Tried before);
  void drop(const std::string& id);
  void wait(const std::string& id, Known& known, std::chrono::microseconds turn);
  void queue(const std::string& id, Known& known, std::chrono::microseconds turn);
  void leave(const std::string& id, Known& known);
  void ring();
  std::chrono::microseconds until_next_timer() const;
  void attempt(const std::string& id);

  Options options_;
  std::uint64_t rebuilding_until_ = 0;  // sequence; 0 when it is not rebuilding
  Time history_end_{};                  // of the last commit up to there
  std::atomic<bool> paused_{false};
  std::atomic<std::size_t> waiting_{0}, held_{0}, failing_{0};
  std::atomic<std::int64_t> late_us_{0};  // how long the next errand has been due
  std::atomic<std::uint64_t> tries_{0};
  // Of the worker's thread:
  std::map<std::string, Known> known_;
  std::set<std::pair<Time, std::string>> timers_;                       // not due yet
  std::set<std::pair<std::chrono::microseconds, std::string>> agenda_;  // by what has elapsed
  std::set<std::string> held_ids_;
  std::set<std::string> failing_ids_;  // tried often, without success
  std::size_t trying_ = 0;

  std::unique_ptr<Pausing> fold_;
  fold::Runner runner_;
  std::shared_ptr<engine::Worker> worker_;  // late answers may outlive this
  std::optional<fold::Following> following_;
};

}  // namespace flows
