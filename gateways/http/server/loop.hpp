// One thread and the connections it serves.
//
// Concurrency: everything but deliver() and the constructor belongs to the loop's own thread, which
// run() is.
#pragma once

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

#include "gateways/http/server/shared.hpp"

namespace http {

class Connection;
// Something for a connection that came from another thread.
struct Delivery {
  std::shared_ptr<Connection> to;
  enum class What { answer, line, task } what = What::answer;
  Response response;       // of an answer; its body is a line's text
  std::uint64_t line = 0;  // the line's number
  std::function<void()> task;
};

class Loop : public std::enable_shared_from_this<Loop> {
 public:
  explicit Loop(std::shared_ptr<Shared> shared);

  void run();  // until stopped and empty

  boost::asio::io_context& context() { return context_; }
  Shared& shared() { return *shared_; }
  bool is_this_thread() { return context_.get_executor().running_in_this_thread(); }
  bool stopping() const { return stopping_; }

  // From any thread. Once the loop has ended, what is delivered is dropped.
  void deliver(Delivery delivery);

  // `refused`: over the limit of connections, so it is only told so.
  enum class Welcome { served, refused };
  void adopt(boost::asio::ip::tcp::socket socket, Welcome welcome);
  void add(Connection& connection);
  void remove(Connection& connection);

  // Closes idle connections at once and the others when they are done, or after `patience`.
  void stop(std::chrono::milliseconds patience);

 private:
  void take_deliveries();
  void sweep();
  void finish_when_empty();

  std::shared_ptr<Shared> shared_;
  boost::asio::io_context context_{1};
  std::optional<boost::asio::executor_work_guard<boost::asio::io_context::executor_type>> work_;
  boost::asio::steady_timer sweeper_;
  std::chrono::milliseconds sweep_interval_;
  std::vector<std::shared_ptr<Connection>> connections_;
  bool stopping_ = false;
  std::optional<Clock::time_point> cut_off_;

  std::mutex mutex_;  // guards what follows
  std::vector<Delivery> deliveries_;
  bool ended_ = false;
  std::vector<Delivery> taken_;  // the loop's own; kept for its capacity
};

}  // namespace http
