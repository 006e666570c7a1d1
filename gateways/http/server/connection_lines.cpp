// The streamed form of a request: lines are read and answers written at the same time.

#include <boost/asio/post.hpp>
#include <boost/asio/write.hpp>

#include "gateways/http/server/connection.hpp"

namespace http {
namespace asio = boost::asio;

bool Connection::start_stream(std::unique_ptr<Lines> lines) {
  if (incoming_.is_http_1_0()) {
    fail(
        {.code = "malformed",
         .detail = "Answers to streamed lines are sent in chunks; use HTTP/1.1."});
    return false;
  }
  ++traffic().in_flight;
  stream_ = std::make_unique<LineStream>(std::move(lines), loop_->shared());
  stream_head_sent_ = false;
  phase_ = Phase::streaming;
  return true;
}

void Connection::answer_line(std::uint64_t number, std::string text) {
  if (loop_->is_this_thread()) return respond_to_line(number, std::move(text));
  Delivery delivery{.to = shared_from_this(), .what = Delivery::What::line, .line = number};
  delivery.response.body = std::move(text);
  loop_->deliver(std::move(delivery));
}

void Connection::respond_to_line(std::uint64_t number, std::string text) {
  if (!stream_) return;
  stream_->answered(number, std::move(text));
  // Answers come in groups, as blocks become durable: one write takes the whole group.
  if (flush_due_) return;
  flush_due_ = true;
  asio::post(socket_.get_executor(), [self = shared_from_this()] {
    self->flush_due_ = false;
    if (self->phase_ != Phase::streaming) return;
    self->pump();
    self->advance();
  });
}

void Connection::pump() {
  stream_->hand_over(shared_from_this());
  flush();
}

void Connection::flush() {
  if (write_pending_) return;
  answers_.clear();
  stream_->take(answers_);
  const bool complete = stream_->complete();
  if (answers_.empty() && !complete) return;
  out_.clear();
  if (!std::exchange(stream_head_sent_, true)) {
    Response head{.content_type = content::ndjson};
    permit(head);
    write_open_head(out_, head, Framing::chunks, after());
  }
  if (!answers_.empty()) write_chunk(out_, answers_);
  if (complete) out_ += last_chunk;
  write_pending_ = true;
  write_deadline_ = Clock::now() + limits().write_timeout;
  asio::async_write(
      socket_, asio::buffer(out_), [self = shared_from_this(), complete](Error error, std::size_t) {
        self->write_pending_ = false;
        self->write_deadline_ = Clock::time_point::max();
        if (self->phase_ == Phase::closed) return;
        if (error) return self->close();
        if (complete) return self->end_stream();
        self->pump();
        self->advance();
      });
}

void Connection::end_stream() {
  --traffic().in_flight;
  hold(0);
  stream_.reset();
  answers_ = {};
  if (after() == After::close) return linger();
  next_request();
}

}  // namespace http
