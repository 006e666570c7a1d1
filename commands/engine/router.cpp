#include "commands/engine/router.hpp"

#include <algorithm>

namespace engine {
namespace {

using std::chrono::microseconds;
using std::chrono::milliseconds;

constexpr milliseconds pause{50};
constexpr microseconds nothing_waits = std::chrono::hours{1};

// Whether the same command may be answered in another way when it is sent again.
bool passes(const Answer& answer) {
  const auto* failure = std::get_if<Failure>(&answer);
  return failure && (*failure == Failure::unavailable || *failure == Failure::outcome_unknown);
}

}  // namespace

struct Router::Errand {
  Command command;
  Reply reply;
  microseconds until{};
  bool in_doubt = false;  // an earlier sending may have taken effect

  void give_up() const { reply(in_doubt ? Failure::outcome_unknown : Failure::unavailable); }
};

Router::Router(Options options)
    : options_{std::move(options)},
      worker_{std::make_shared<Worker>(
          "router",
          [this] { return send_due(); },
          [this](const std::exception& error) { options_.failed(error.what()); })} {
  worker_->start();
}

Router::~Router() {
  worker_->stop();
  for (const auto& [when, errand] : waiting_) errand->give_up();
}

void Router::submit(Command command, Reply reply) {
  send(std::make_shared<Errand>(Errand{
      .command = std::move(command),
      .reply = std::move(reply),
      .until = options_.clock.elapsed() + options_.patience}));
}

void Router::send(const std::shared_ptr<Errand>& errand) {
  auto& port = options_.leads_here() ? options_.here : options_.elsewhere;
  port.submit(errand->command, [this, weak = std::weak_ptr{worker_}, errand](Answer answer) {
    if (!passes(answer)) return errand->reply(std::move(answer));
    // Its own copy of the worker: an answer may come when the router is gone.
    const auto worker = weak.lock();
    if (!worker) return errand->reply(std::move(answer));
    worker->post([this, errand, failure = std::get<Failure>(answer)] { again(errand, failure); });
  });
}

void Router::again(const std::shared_ptr<Errand>& errand, Failure failure) {
  errand->in_doubt |= failure == Failure::outcome_unknown;
  errand->command.key_is_new = false;
  const auto when = options_.clock.elapsed() + pause;
  if (when >= errand->until) return errand->give_up();
  waiting_.emplace(when, errand);
}

microseconds Router::send_due() {
  const auto now = options_.clock.elapsed();
  while (!waiting_.empty() && waiting_.begin()->first <= now) {
    const auto errand = waiting_.begin()->second;
    waiting_.erase(waiting_.begin());
    send(errand);
  }
  if (waiting_.empty()) return nothing_waits;
  return std::max(waiting_.begin()->first - now, microseconds{1});
}

}  // namespace engine
