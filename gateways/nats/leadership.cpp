#include "gateways/nats/leadership.hpp"

#include <utility>

namespace nats {
namespace {

constexpr const char* question = "construct.engine.leader";

}  // namespace

Leadership::Leadership(Connection& connection)
    : connection_{connection}, answers_{connection.fresh_inbox()} {
  answered_ = connection_.subscribe(answers_, [this](auto, auto data) {
    std::function<void(bool)> waiting;
    {
      const std::lock_guard lock{mutex_};
      waiting = std::exchange(waiting_, nullptr);
    }
    // The server itself answers, with nothing, when no engine listens.
    if (waiting) waiting(!data.empty());
  });
}

void Leadership::leads(bool now) {
  // A standby must not listen at all: otherwise nobody could tell that nobody leads.
  if (!now)
    speaking_.reset();
  else
    speaking_ = connection_.respond(question, [] { return std::optional<std::string>{"leads"}; });
}

void Leadership::ask(std::function<void(bool)> answer) {
  {
    const std::lock_guard lock{mutex_};
    waiting_ = std::move(answer);
  }
  try {
    connection_.ask(question, answers_, {});
  } catch (const std::runtime_error&) {
    // Without the server nobody can lead either; the asker tries again.
  }
}

}  // namespace nats
