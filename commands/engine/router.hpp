// The way to whoever leads: this process's engine, or one in another process. A change of the lead
// is not seen from outside: a command that nobody took, or whose outcome nobody told, is sent again
// as the very same command, which takes effect once however often it arrives (engine.hpp).
//
// Concurrency: any thread; replies come on a thread of the ports' or on one of its own.
#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <memory>

#include "commands/engine/port.hpp"
#include "commands/engine/worker.hpp"
#include "domain/kernel/clock.hpp"

namespace engine {

class Router final : public Port {
 public:
  struct Options {
    Port& here;
    std::function<bool()> leads_here;
    Port& elsewhere;  // answers within a second or two, whatever becomes of the command
    const kernel::Clock& clock;
    // From when on a failure is told instead of tried again.
    std::chrono::milliseconds patience{8'000};
    std::function<void(const std::string&)> failed;  // it cannot go on; why, as a sentence
  };

  explicit Router(Options options);
  ~Router() override;  // what waits to be sent again is answered with its failure

  void submit(Command command, Reply reply) override;

 private:
  struct Errand;

  void send(const std::shared_ptr<Errand>& errand);
  void again(const std::shared_ptr<Errand>& errand, Failure failure);
  std::chrono::microseconds send_due();

  Options options_;
  std::multimap<std::chrono::microseconds, std::shared_ptr<Errand>> waiting_;  // the worker's
  std::shared_ptr<Worker> worker_;  // late answers may outlive the router
};

}  // namespace engine
