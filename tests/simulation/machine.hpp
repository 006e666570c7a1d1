// A machine that runs an engine, as engine::Service does but without threads: what they would do at
// once happens in a random order here. Its disk survives a crash; all else does not. One thread.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "commands/engine/engine.hpp"
#include "tests/simulation/clock.hpp"
#include "tests/simulation/memory_store.hpp"
#include "tests/simulation/network.hpp"
#include "tests/simulation/trace.hpp"

namespace simulation {

class Machine {
 public:
  struct Surroundings {
    Timeline& timeline;
    Random& random;
    MemoryLog& log;
    Network& network;
    engine::Limits limits;
    const Trace& trace;
    std::function<void(const Machine&, std::uint64_t epoch)> leads;  // told again and again
  };

  // `patience`: how long it lets pass before it tries, again, to take the lead.
  Machine(Surroundings surroundings, microseconds patience);
  ~Machine();

  void start();
  void crash();
  // For that long nothing passes between it and the stream's server; clients still reach it.
  void cut_off(microseconds how_long) { cut_off_until_ = around_.timeline.now() + how_long; }
  // For that long it is not told what is new in the log, though it may write and ask.
  void deafen(microseconds how_long) { deaf_until_ = around_.timeline.now() + how_long; }
  // For that long it reaches only a server that was deposed without knowing it: nothing that it
  // writes is taken, and the log seems to end where it ends now.
  void strand(microseconds how_long) {
    stranded_until_ = around_.timeline.now() + how_long;
    stranded_at_ = around_.log.last_sequence();
  }
  bool up() const { return life_ != nullptr; }
  // From now on it does not try to take the lead.
  void rest() { rests_ = true; }
  // How many lives it has had.
  int lives() const { return lives_; }

  // The machine must be up; the reply is never called when it crashes first.
  void submit(engine::Command command, engine::Reply reply);
  // The log has a new message.
  void notice();

  TimelineClock& clock() { return clock_; }
  MemoryStore& disk() { return disk_; }

 private:
  class Life;

  Surroundings around_;
  microseconds patience_;
  TimelineClock clock_;
  MemoryStore disk_;
  std::unique_ptr<Life> life_;
  microseconds cut_off_until_{};
  microseconds deaf_until_{};
  microseconds stranded_until_{};
  std::uint64_t stranded_at_ = 0;
  bool rests_ = false;
  int lives_ = 0;
};

}  // namespace simulation
