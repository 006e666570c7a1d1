#include "gateways/http/server/loop.hpp"

#include <algorithm>
#include <boost/asio/post.hpp>

#include "gateways/http/server/connection.hpp"

namespace http {
namespace asio = boost::asio;
namespace {

// One timer looks at all deadlines of a loop: a timer per request would cost more than the
// request's parsing.
std::chrono::milliseconds interval(const Limits& limits) {
  using std::chrono::milliseconds;
  const auto shortest = std::min(
      {limits.head_timeout, limits.body_timeout, limits.idle_timeout, limits.write_timeout});
  return std::clamp(shortest / 10, milliseconds{1}, milliseconds{500});
}

}  // namespace

Loop::Loop(std::shared_ptr<Shared> shared)
    : shared_{std::move(shared)},
      work_{std::in_place, context_.get_executor()},
      sweeper_{context_},
      sweep_interval_{interval(shared_->options.limits)} {}

void Loop::run() {
  sweep();
  context_.run();
  std::vector<Delivery> dropped;
  const std::lock_guard lock{mutex_};
  ended_ = true;
  dropped.swap(deliveries_);
}

void Loop::deliver(Delivery delivery) {
  bool first = false;
  {
    const std::lock_guard lock{mutex_};
    if (ended_) return;
    first = deliveries_.empty();
    deliveries_.push_back(std::move(delivery));
  }
  if (first) asio::post(context_, [this] { take_deliveries(); });
}

void Loop::take_deliveries() {
  {
    const std::lock_guard lock{mutex_};
    taken_.swap(deliveries_);
  }
  for (auto& delivery : taken_) {
    switch (delivery.what) {
      case Delivery::What::answer:
        delivery.to->respond(std::move(delivery.response));
        break;
      case Delivery::What::line:
        delivery.to->respond_to_line(delivery.line, std::move(delivery.response.body));
        break;
      case Delivery::What::task:
        delivery.task();
        break;
    }
  }
  taken_.clear();
}

void Loop::adopt(asio::ip::tcp::socket socket, Welcome welcome) {
  const auto connection = std::make_shared<Connection>(shared_from_this(), std::move(socket));
  connection->start(welcome);
}

void Loop::add(Connection& connection) {
  connection.place = connections_.size();
  connections_.push_back(connection.shared_from_this());
}

void Loop::remove(Connection& connection) {
  auto& last = connections_.back();
  last->place = connection.place;
  std::swap(connections_[connection.place], last);
  connections_.pop_back();
  finish_when_empty();
}

void Loop::stop(std::chrono::milliseconds patience) {
  stopping_ = true;
  cut_off_ = Clock::now() + patience;
  const auto all = connections_;  // Those that close leave the list.
  for (const auto& connection : all) connection->finish();
  finish_when_empty();
  sweep();
}

void Loop::finish_when_empty() {
  if (!stopping_ || !connections_.empty()) return;
  work_.reset();
  sweeper_.cancel();
}

void Loop::sweep() {
  const auto now = Clock::now();
  const auto all = connections_;
  for (const auto& connection : all) {
    if (cut_off_ && now >= *cut_off_)
      connection->close();
    else
      connection->check_deadlines(now);
  }
  if (!work_) return;
  const auto next =
      cut_off_ ? std::clamp(
                     std::chrono::duration_cast<std::chrono::milliseconds>(*cut_off_ - now),
                     std::chrono::milliseconds{1},
                     sweep_interval_)
               : sweep_interval_;
  sweeper_.expires_after(next);
  sweeper_.async_wait([this](boost::system::error_code error) {
    if (!error) sweep();
  });
}

}  // namespace http
