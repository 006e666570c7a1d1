// One thread that talks to others over sockets.
//
// Concurrency: make and destroy it on one thread; what is given to its context runs on its own.
#pragma once

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <future>
#include <string>
#include <thread>

#include "domain/kernel/thread.hpp"

namespace outbound {

class Loop {
 public:
  explicit Loop(const std::string& name)
      : work_{context_.get_executor()}, thread_{[this, name] {
          kernel::name_thread(name);
          context_.run();
        }} {}
  // What has not happened by then does not happen any more; its handlers are destroyed with the
  // context.
  ~Loop() {
    context_.stop();
    thread_.join();
  }
  Loop(const Loop&) = delete;
  Loop& operator=(const Loop&) = delete;

  boost::asio::io_context& context() { return context_; }

  // Runs the task on the loop's thread, after all that was posted before, and waits for it.
  template <class Task>
  void run(Task task) {
    std::promise<void> done;
    boost::asio::post(context_, [&] {
      task();
      done.set_value();
    });
    done.get_future().wait();
  }

 private:
  boost::asio::io_context context_{1};
  boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work_;
  std::thread thread_;
};

}  // namespace outbound
