// Asking over core NATS without waiting: each question has its answer, or none in time.
//
// Concurrency: any thread; answers come on a thread of the client library, or on one of this
// class's when the time is over.
#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>

#include "gateways/nats/connection.hpp"

namespace nats {

class Requests {
 public:
  // The answer; empty bytes when nobody listens on the subject; nothing when none came in time.
  using Answered = std::function<void(std::optional<std::string>)>;

  Requests(Connection& connection, std::chrono::milliseconds patience);
  ~Requests();  // Questions under way are answered with nothing.
  Requests(const Requests&) = delete;
  Requests& operator=(const Requests&) = delete;

  void ask(const std::string& subject, const std::string& data, Answered answered);

 private:
  struct Open {
    Answered answered;
    std::chrono::steady_clock::time_point until;
  };

  std::optional<Answered> take(std::uint64_t number);
  void expire();

  Connection& connection_;
  std::chrono::milliseconds patience_;
  std::string inbox_;
  std::mutex mutex_;  // guards what follows
  std::condition_variable wake_;
  bool stopping_ = false;
  std::uint64_t asked_ = 0;
  std::map<std::uint64_t, Open> open_;  // in the order in which their time is over
  std::unique_ptr<Connection::Listening> listening_;
  std::thread clock_;
};

}  // namespace nats
