// Engines asking each other who leads, over core NATS. gateways/cli joins it to engine::Presence.
//
// Concurrency: one thread; answers come on a thread of the client library.
#pragma once

#include <functional>
#include <memory>
#include <mutex>

#include "gateways/nats/connection.hpp"

namespace nats {

class Leadership {
 public:
  explicit Leadership(Connection& connection);

  // Whether this process answers that it leads.
  void leads(bool now);
  // Whether somebody says that it leads; nothing is heard when nobody can answer in time.
  void ask(std::function<void(bool)> answer);

 private:
  Connection& connection_;
  std::string answers_;
  std::mutex mutex_;  // guards waiting_
  std::function<void(bool)> waiting_;
  std::unique_ptr<Connection::Listening> answered_;
  std::unique_ptr<Connection::Listening> speaking_;
};

}  // namespace nats
