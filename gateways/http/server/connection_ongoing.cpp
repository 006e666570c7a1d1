// The answer that goes on: texts are written as they come, until either side ends it.

#include <fmt/format.h>

#include <array>
#include <boost/asio/write.hpp>
#include <iterator>

#include "gateways/http/server/connection.hpp"

namespace http {
namespace asio = boost::asio;

void Connection::begin(Response head, std::function<void()> gone) {
  run([self = shared_from_this(), head = std::move(head), gone = std::move(gone)] {
    self->begin_ongoing(head, gone);
  });
}

void Connection::send(std::shared_ptr<const std::string> text) {
  run([self = shared_from_this(), text = std::move(text)] { self->add_piece(text); });
}

void Connection::end() {
  run([self = shared_from_this()] { self->finish_ongoing(); });
}

void Connection::begin_ongoing(Response head, std::function<void()> gone) {
  if (phase_ != Phase::handling) return gone();  // Closed in the meantime.
  --traffic().in_flight;
  ++traffic().ongoing;
  hold(0);
  phase_ = Phase::ongoing;
  const bool head_only = incoming_.request().method == "HEAD";
  const auto framing = incoming_.is_http_1_0() ? Framing::until_close : Framing::chunks;
  close_after_ = framing == Framing::until_close;
  out_.clear();
  permit(head);
  write_open_head(out_, head, framing, after());
  outgoing_ = std::make_unique<Outgoing>(
      Outgoing{.framing = head_only ? Framing::until_close : framing, .gone = std::move(gone)});
  outgoing_->ended = head_only || loop_->stopping();
  watch_client();
  write_piece();
}

// A client that leaves is noticed by reading. What it sends instead is its next request, which
// waits in the buffer; whoever has sent one already is noticed by writing.
void Connection::watch_client() {
  if (read_pending_ || buffer_.size() > 0) return;
  read_pending_ = true;
  socket_.async_read_some(
      buffer_.prepare(read_size), [self = shared_from_this()](Error error, std::size_t count) {
        self->read_pending_ = false;
        self->on_read(error, count);
      });
}

void Connection::add_piece(std::shared_ptr<const std::string> text) {
  if (phase_ != Phase::ongoing || outgoing_->ended || text->empty()) return;
  if (outgoing_->bytes > 0 && outgoing_->bytes + text->size() > limits().ongoing_bytes) {
    ++traffic().left_behind;
    return close();
  }
  outgoing_->bytes += text->size();
  outgoing_->texts.push_back(std::move(text));
  write_piece();
}

void Connection::finish_ongoing() {
  if (phase_ != Phase::ongoing) return;
  outgoing_->ended = true;
  write_piece();
}

void Connection::write_piece() {
  if (write_pending_) return;
  std::shared_ptr<const std::string> text;
  const bool in_chunks = outgoing_->framing == Framing::chunks;
  const bool complete = outgoing_->texts.empty() && outgoing_->ended;
  if (!outgoing_->texts.empty()) {
    text = std::move(outgoing_->texts.front());
    outgoing_->texts.pop_front();
    if (in_chunks) fmt::format_to(std::back_inserter(out_), "{:x}\r\n", text->size());
  } else if (complete && in_chunks) {
    out_ += last_chunk;
  }
  if (!text && out_.empty() && !complete) return;
  write_pending_ = true;
  write_deadline_ = Clock::now() + limits().write_timeout;
  const std::array<asio::const_buffer, 3> buffers{
      asio::buffer(out_),
      text ? asio::buffer(*text) : asio::const_buffer{},
      asio::buffer(std::string_view{text && in_chunks ? "\r\n" : ""})};
  asio::async_write(
      socket_, buffers, [self = shared_from_this(), text, complete](Error error, std::size_t) {
        self->write_pending_ = false;
        self->write_deadline_ = Clock::time_point::max();
        if (self->phase_ == Phase::closed) return;
        if (error) return self->close();
        self->out_.clear();
        if (text) self->outgoing_->bytes -= text->size();
        if (!complete) return self->write_piece();
        self->leave_ongoing();
        if (self->after() == After::close) return self->linger();
        self->next_request();
      });
}

void Connection::leave_ongoing() {
  --traffic().ongoing;
  const auto gone = std::move(outgoing_->gone);
  outgoing_.reset();
  gone();
}

}  // namespace http
