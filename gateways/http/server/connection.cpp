#include "gateways/http/server/connection.hpp"

#include <fmt/format.h>

#include <array>
#include <boost/asio/write.hpp>

#include "gateways/http/target.hpp"

namespace http {
namespace asio = boost::asio;
namespace {

constexpr std::size_t read_size = 4 * 1024;          // for a head
constexpr std::size_t body_read_size = 64 * 1024;
constexpr std::size_t kept_buffer = 8 * 1024;        // of a connection without a request
constexpr std::size_t free_body_bytes = 16 * 1024;   // a body up to here is not worth counting
constexpr std::size_t lingering_bytes = 4 * 1024 * 1024;
constexpr std::chrono::seconds lingering_time{2};

}  // namespace

Connection::Connection(std::shared_ptr<Loop> loop, asio::ip::tcp::socket socket)
    : loop_{std::move(loop)},
      socket_{std::move(socket)},
      buffer_{body_read_size + read_size},
      incoming_{limits().head_bytes} {}

void Connection::answer(Response response) {
  if (loop_->is_this_thread()) return respond(std::move(response));
  loop_->deliver(
      {.to = shared_from_this(), .what = Delivery::What::answer, .response = std::move(response)});
}

void Connection::run(std::function<void()> task) {
  if (loop_->is_this_thread()) return perform(task);
  loop_->deliver({.to = shared_from_this(), .what = Delivery::What::task, .task = std::move(task)});
}

void Connection::perform(const std::function<void()>& task) {
  try {
    task();
  } catch (const std::exception& error) {
    loop_->shared().log(fmt::format("{} {} failed: {}", incoming_.request().method,
                                    incoming_.request().path, error.what()));
  }
}

void Connection::start(Loop::Welcome welcome) {
  loop_->add(*this);
  Error ignored;
  socket_.set_option(asio::ip::tcp::no_delay{true}, ignored);
  if (welcome == Loop::Welcome::served) return advance();
  close_after_ = true;
  write(to_response({.code = "unavailable", .detail = "Too many clients are connected; try again soon."}));
}

void Connection::advance() {
  // What is read arrives in the buffer's free part; its bytes must stay where they are meanwhile.
  if (read_pending_) return;
  while (phase_ == Phase::reading ||
         (phase_ == Phase::streaming && !close_after_ && stream_->has_room())) {
    const auto bytes = buffer_.cdata();
    const auto step = incoming_.put({static_cast<const char*>(bytes.data()), bytes.size()});
    buffer_.consume(step.used);
    if (!take(step)) return;
  }
}

// Whether to go on at once.
bool Connection::take(Incoming::Step step) {
  switch (step.progress) {
    case Incoming::Progress::head: return take_head();
    case Incoming::Progress::body: return take_body();
    case Incoming::Progress::done: dispatch(); return false;
    case Incoming::Progress::head_too_large: fail({.code = "head_too_large"}); return false;
    case Incoming::Progress::malformed: fail({.code = "malformed", .detail = incoming_.fault()}); return false;
    case Incoming::Progress::need_more: break;
  }
  if (buffer_.size() + 1 > body_read_size) {
    fail({.code = "malformed", .detail = "A chunk's head or trailer is too long; send chunks without extensions."});
    return false;
  }
  if (phase_ == Phase::streaming) read(Awaited::lines);
  else if (incoming_.has_head()) read(Awaited::body);
  else if (incoming_.begun()) read(Awaited::head);
  else read(awaited_ == Awaited::first_request ? Awaited::first_request : Awaited::next_request);
  return false;
}

bool Connection::take_head() {
  auto& request = incoming_.request();
  const auto target = split_target(incoming_.target());
  if (!target || !decode_query(target->query, request.query)) {
    fail({.code = "malformed",
          .detail = "The request's target is not a path with a query in UTF-8; percent-encode it as RFC 3986 says."});
    return false;
  }
  request.path = target->path;
  const auto expectation = request.header("Expect");
  if (expectation && !same_name(*expectation, "100-continue")) {
    fail({.code = "expectation_failed"});
    return false;
  }
  if (!incoming_.expects_body()) return true;
  std::unique_ptr<Lines> lines;
  perform([&] { lines = loop_->shared().application.lines(request); });
  if (lines) {
    if (!start_stream(std::move(lines))) return false;
  } else if (incoming_.content_length() > limits().body_bytes) {
    fail({.code = "body_too_large"});
    return false;
  }
  if (!expectation || buffer_.size() > 0) return true;
  send_continue();
  return false;
}

void Connection::send_continue() {
  const auto phase = std::exchange(phase_, Phase::writing);
  write_deadline_ = Clock::now() + limits().write_timeout;
  asio::async_write(socket_, asio::buffer(continue_head), [self = shared_from_this(), phase](Error error, std::size_t) {
    if (self->phase_ == Phase::closed) return;
    if (error) return self->close();
    self->write_deadline_ = Clock::time_point::max();
    self->phase_ = phase;
    self->advance();
  });
}

bool Connection::take_body() {
  if (phase_ == Phase::streaming) {
    stream_->add(incoming_.body());
    incoming_.body().clear();
    pump();
  }
  const auto held = phase_ == Phase::streaming ? stream_->buffered() : incoming_.body().size();
  if (phase_ != Phase::streaming && held > limits().body_bytes) {
    fail({.code = "body_too_large"});
    return false;
  }
  if (hold(held)) return true;
  fail({.code = "unavailable", .detail = "Too many large bodies are arriving at once; try again soon."});
  return false;
}

// Counts what this connection keeps in memory for its body; false when all of them together keep too much.
bool Connection::hold(std::size_t bytes) {
  const auto wanted = bytes > free_body_bytes ? bytes : 0;
  if (wanted == held_) return true;
  auto& buffered = loop_->shared().buffered;
  const auto total = buffered += wanted - held_;  // Unsigned, so it also goes down.
  held_ = wanted;
  return wanted == 0 || total <= limits().buffered_bytes;
}

void Connection::dispatch() {
  read_deadline_ = Clock::time_point::max();
  if (phase_ == Phase::streaming) {
    stream_->end();
    return pump();
  }
  phase_ = Phase::handling;
  ++traffic().in_flight;
  incoming_.request().body = incoming_.body();
  perform([this] { loop_->shared().application.handle(incoming_.request(), Reply{shared_from_this()}); });
}

void Connection::respond(Response response) {
  if (phase_ != Phase::handling) return;  // Closed in the meantime.
  --traffic().in_flight;
  hold(0);
  write(std::move(response));
}

After Connection::after() const {
  if (close_after_ || loop_->stopping() || !incoming_.keep_alive()) return After::close;
  return incoming_.is_http_1_0() ? After::keep_alive_1_0 : After::keep_alive;
}

void Connection::write(Response response) {
  phase_ = Phase::writing;
  response_ = std::move(response);
  out_.clear();
  const auto then = after();
  close_after_ = then == After::close;
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
  if (buffer_.size() == 0 && buffer_.capacity() > kept_buffer) buffer_.shrink_to_fit();
  if (loop_->stopping() && buffer_.size() == 0) return close();
  advance();
}

// Reads and drops for a while: to close with bytes unread would reset the connection, and the client might never
// see the answer that explains it.
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
    case Awaited::lines: read_deadline_ = Clock::now() + limit.idle_timeout; break;
    case Awaited::body: if (begins) read_deadline_ = Clock::now() + limit.body_timeout; break;
    case Awaited::first_request:
    case Awaited::head: if (begins) read_deadline_ = Clock::now() + limit.head_timeout; break;
    case Awaited::next_request: break;  // Set when the last answer was written.
  }
  read_pending_ = true;
  const auto size = incoming_.has_head() ? body_read_size - buffer_.size() : read_size;
  socket_.async_read_some(buffer_.prepare(size), [self = shared_from_this()](Error error, std::size_t count) {
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
    case Phase::lingering: {
      discarded_ += size;
      if ((error && error != asio::error::operation_aborted) || discarded_ > lingering_bytes) return close();
      read_pending_ = true;
      buffer_.consume(buffer_.size());
      return socket_.async_read_some(
          buffer_.prepare(read_size), [self = shared_from_this()](Error failure, std::size_t count) {
            self->read_pending_ = false;
            self->on_read(failure, count);
          });
    }
    default: return;  // The answer to a request that is given up is being written.
  }
}

// Answers a request that cannot be gone on with, and closes.
void Connection::fail(Problem problem) {
  ++traffic().malformed;
  close_after_ = true;
  read_deadline_ = Clock::time_point::max();
  hold(0);
  if (phase_ == Phase::streaming) {
    stream_->break_off(to_json(problem));
    return pump();
  }
  write(to_response(problem));
}

void Connection::check_deadlines(Clock::time_point now) {
  if (now >= write_deadline_) return close();
  if (now < read_deadline_) return;
  const bool nothing_sent = phase_ == Phase::reading && !incoming_.begun();
  if (phase_ == Phase::lingering || nothing_sent) return close();
  fail({.code = "request_timeout"});
}

void Connection::finish() {
  if (phase_ == Phase::reading && !incoming_.begun()) close();
}

void Connection::close() {
  if (phase_ == Phase::closed) return;
  const auto self = shared_from_this();  // The loop's reference may be the last.
  if (phase_ == Phase::handling || stream_) --traffic().in_flight;
  --traffic().connections;
  phase_ = Phase::closed;
  hold(0);
  read_deadline_ = write_deadline_ = Clock::time_point::max();
  Error ignored;
  socket_.close(ignored);
  stream_.reset();
  loop_->remove(*this);
}

}  // namespace http
