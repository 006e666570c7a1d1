// Leaves a server that is cut off from the others of its cluster.
//
// Such a server goes on talking to its clients, and nothing comes of it: what is published there is
// never stored, and what is stored elsewhere never comes. So it is asked every second whether its
// JetStream has somebody that leads it, and is left for the next server when that has not been so
// for longer than an election takes.
//
// Concurrency: a thread of its own.
#pragma once

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <thread>

struct __natsConnection;  // NOLINT(bugprone-reserved-identifier): the library's name

namespace nats {

class Quorum {
 public:
  // The connection is of a user that may ask $JS.API.INFO, and outlives it.
  explicit Quorum(__natsConnection* connection);
  ~Quorum();
  Quorum(const Quorum&) = delete;
  Quorum& operator=(const Quorum&) = delete;

 private:
  void watch();
  bool has_leader() const;
  void leave() const;

  __natsConnection* connection_;
  std::mutex mutex_;
  std::condition_variable wake_;
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace nats
