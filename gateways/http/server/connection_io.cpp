// The socket's side of a connection: reading, writing, and how it ends.

#include <array>
#include <boost/asio/write.hpp>

#include "gateways/http/server/connection.hpp"

namespace http {
namespace asio = boost::asio;
namespace {

constexpr std::size_t kept_buffer = std::size_t{8} * 1024;  // of a connection without a request
constexpr std::size_t lingering_bytes = std::size_t{4} * 1024 * 1024;
constexpr std::chrono::seconds lingering_time{2};

}  // namespace

void Connection::send_continue() {
  const auto phase = std::exchange(phase_, Phase::writing);
  read_deadline_ = Clock::time_point::max();
  write_deadline_ = Clock::now() + limits().write_timeout;
  asio::async_write(
      socket_,
      asio::buffer(continue_head),
      [self = shared_from_this(), phase](Error error, std::size_t) {
        if (self->phase_ == Phase::closed) return;
        if (error) return self->close();
        self->write_deadline_ = Clock::time_point::max();
        self->phase_ = phase;
        self->advance();
      });
}

After Connection::after() const {
  if (close_after_ || loop_->stopping() || !incoming_.keep_alive()) return After::close;
  return incoming_.is_http_1_0() ? After::keep_alive_1_0 : After::keep_alive;
}

void Connection::write(Response response) {
  phase_ = Phase::writing;
  read_deadline_ = Clock::time_point::max();
  response_ = std::move(response);
  out_.clear();
  const auto then = after();
  close_after_ = then == After::close;
  permit(response_);
  write_head(out_, response_, then);
  if (incoming_.has_head() && incoming_.request().method == "HEAD") response_.body.clear();
  write_deadline_ = Clock::now() + limits().write_timeout;
  const std::array buffers{asio::buffer(out_), asio::buffer(response_.body)};
  asio::async_write(socket_, buffers, [self = shared_from_this()](Error error, std::size_t) {
    self->on_written(error);
  });
}

void Connection::on_written(Error error) {
  if (phase_ == Phase::closed) return;
  write_deadline_ = Clock::time_point::max();
  if (error) return close();
  if (close_after_) return linger();
  next_request();
}

void Connection::next_request() {
  phase_ = Phase::reading;
  awaited_ = Awaited::next_request;
  read_deadline_ = Clock::now() + limits().idle_timeout;
  response_.body = {};
  if (out_.capacity() > kept_buffer) out_ = {};
  incoming_.reset();
  if (!read_pending_ && buffer_.size() == 0 && buffer_.capacity() > kept_buffer)
    buffer_.shrink_to_fit();
  if (loop_->stopping() && buffer_.size() == 0) return close();
  advance();
}

// Reads and drops for a while: to close with bytes unread would reset the connection, and the
// client might never see the answer that explains it.
void Connection::linger() {
  phase_ = Phase::lingering;
  Error ignored;
  socket_.shutdown(asio::ip::tcp::socket::shutdown_send, ignored);
  read_deadline_ = Clock::now() + lingering_time;
  if (!read_pending_) on_read({}, 0);
}

void Connection::read(Awaited awaited) {
  const auto& limit = limits();
  const bool begins = awaited != awaited_ || read_deadline_ == Clock::time_point::max();
  awaited_ = awaited;
  switch (awaited) {
    case Awaited::lines:
      read_deadline_ = Clock::now() + limit.idle_timeout;
      break;
    case Awaited::body:
      if (begins) read_deadline_ = Clock::now() + limit.body_timeout;
      break;
    case Awaited::first_request:
    case Awaited::head:
      if (begins) read_deadline_ = Clock::now() + limit.head_timeout;
      break;
    case Awaited::next_request:
      break;  // Set when the last answer was written.
  }
  read_pending_ = true;
  const auto size = incoming_.has_head() ? body_read_size - buffer_.size() : read_size;
  socket_.async_read_some(
      buffer_.prepare(size), [self = shared_from_this()](Error error, std::size_t count) {
        self->read_pending_ = false;
        self->on_read(error, count);
      });
}

void Connection::on_read(Error error, std::size_t size) {
  switch (phase_) {
    case Phase::reading:
    case Phase::streaming:
      if (error) return close();
      if (phase_ == Phase::streaming) read_deadline_ = Clock::time_point::max();
      buffer_.commit(size);
      return advance();
    case Phase::ongoing:
      if (error) return close();
      buffer_.commit(size);
      return;
    case Phase::lingering: {
      discarded_ += size;
      if ((error && error != asio::error::operation_aborted) || discarded_ > lingering_bytes)
        return close();
      read_pending_ = true;
      buffer_.consume(buffer_.size());
      return socket_.async_read_some(
          buffer_.prepare(read_size),
          [self = shared_from_this()](Error failure, std::size_t count) {
            self->read_pending_ = false;
            self->on_read(failure, count);
          });
    }
    default:
      return;  // The answer to a request that is given up is being written.
  }
}

}  // namespace http
