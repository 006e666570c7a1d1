// What lies between the engines and the stream's server, and everything that goes wrong there:
// requests and answers are lost, come late or twice, or say less than they know. One thread.
#pragma once

#include <functional>
#include <optional>

#include "domain/fold/log.hpp"
#include "tests/simulation/memory_log.hpp"
#include "tests/simulation/random.hpp"
#include "tests/simulation/timeline.hpp"

namespace simulation {

// How likely each trouble is, in percent of the occasions for it.
struct Weather {
  std::uint64_t request_lost = 0;
  std::uint64_t answer_lost = 0;
  std::uint64_t late = 0;          // a request or an answer, by up to two seconds
  std::uint64_t doubled = 0;       // the server gets a request twice
  std::uint64_t unsure = 0;        // the answer is "unknown", though the request goes on
  std::uint64_t refused = 0;       // the server refuses without a reason
  std::uint64_t overtaken = 0;     // a stray message arrives just before a block
  std::uint64_t engine_pause = 0;  // an engine's thread stands still for up to a second
  std::uint64_t fold_lag = 0;      // a fold falls behind by up to a second
  std::uint64_t slow_disk = 0;     // a read takes up to a second
};

class Network final : public fold::Writer {
 public:
  // `epoch` is what the server's clock shows when the timeline begins.
  Network(Timeline& timeline, Random& random, MemoryLog& log, schemas::Time epoch)
      : timeline_{timeline}, random_{random}, log_{log}, epoch_{epoch} {}

  Weather weather;
  bool replicated = false;      // several servers keep the log
  std::function<void()> stray;  // appends a message that is no part of the log

  void publish(
      const std::string& block,
      std::uint64_t expected_last_sequence,
      std::function<void(fold::Published)> done) override;
  void look(std::function<void(std::optional<fold::Look>)> done) override;

 private:
  struct Answering;  // calls back at most once

  microseconds travel();
  void arrive(
      const std::string& block,
      std::uint64_t expected_last_sequence,
      const std::shared_ptr<Answering>& answering);

  Timeline& timeline_;
  Random& random_;
  MemoryLog& log_;
  schemas::Time epoch_;
};

}  // namespace simulation
