// The engine with its threads: one owns the aggregates, one loads what is not in memory, one
// follows the log into the streams store.
//
// Concurrency: any thread, but start and stop it from one.
#pragma once

#include <atomic>
#include <functional>
#include <future>
#include <memory>
#include <mutex>
#include <string>

#include "commands/engine/engine.hpp"
#include "commands/engine/presence.hpp"
#include "commands/engine/worker.hpp"
#include "domain/fold/following.hpp"

namespace engine {

class Service final : public Port {
 public:
  struct Options {
    fold::Log& log;
    fold::Writer& writer;
    fold::Store& store;  // with the families of the streams store
    Presence& presence;
    const kernel::Clock& clock;
    std::string deployment;
    Limits limits;
    std::function<void(Event)> tell;
    std::function<void(CommitNumber)> folded;        // the streams store has this commit now
    std::function<void(const std::string&)> failed;  // it cannot go on; why, as a sentence
  };

  explicit Service(Options options);
  ~Service() override;

  void submit(Command command, Reply reply) override;

  bool leads() const { return leading_; }
  struct State {
    bool leads, another_leads;
    std::uint64_t epoch;
    std::size_t waiting;  // commands
    CommitNumber folded;  // commits in the streams store
  };
  State state() const {
    return {leading_, another_leads_, epoch_, waiting_, runner_.cursor().head.next};
  }
  // Whether commands are answered, here or by another engine; otherwise why not, as a sentence.
  std::optional<std::string> not_ready() const;
  std::string incarnation() const;
  // Prometheus text.
  std::string metrics() const;

  // Answers what it has, up to `patience`, and takes nothing new.
  void drain(std::chrono::milliseconds patience);

 private:
  class StoreLoader;

  std::chrono::microseconds after_group();
  void stand_by(std::chrono::microseconds now);

  Options options_;
  Streams streams_;
  StreamsFold fold_;
  fold::Runner runner_;
  std::atomic<bool> leading_{false};
  std::atomic<bool> another_leads_{false};
  std::atomic<std::uint64_t> epoch_{0};
  std::atomic<std::size_t> waiting_{0};
  std::atomic<std::uint64_t> blocks_{0};
  std::chrono::microseconds asked_{};  // when the others were asked who leads
  bool asking_ = false;
  std::optional<std::promise<void>> drained_;  // of the engine's thread
  std::unique_ptr<StoreLoader> loader_;
  std::unique_ptr<Engine> engine_;  // of the engine's thread
  std::shared_ptr<Worker> thread_;  // late callbacks of the log may outlive the service
  std::optional<fold::Following> following_;
};

}  // namespace engine
