#include "gateways/http/server/connection.hpp"

#include <fmt/format.h>

#include "gateways/http/target.hpp"

namespace http {
namespace asio = boost::asio;
namespace {

constexpr std::size_t free_body_bytes =
    std::size_t{16} * 1024;  // a body up to here is not worth counting

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
    loop_->shared().log(fmt::format(
        "{} {} failed: {}", incoming_.request().method, incoming_.request().path, error.what()));
  }
}

void Connection::start(Loop::Welcome welcome) {
  loop_->add(*this);
  Error ignored;
  socket_.set_option(asio::ip::tcp::no_delay{true}, ignored);
  if (welcome == Loop::Welcome::served) return advance();
  close_after_ = true;
  write(to_response(
      {.code = "unavailable", .detail = "Too many clients are connected; try again soon."}));
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
    case Incoming::Progress::head:
      return take_head();
    case Incoming::Progress::body:
      return take_body();
    case Incoming::Progress::done:
      dispatch();
      return false;
    case Incoming::Progress::head_too_large:
      fail({.code = "head_too_large"});
      return false;
    case Incoming::Progress::malformed:
      fail({.code = "malformed", .detail = incoming_.fault()});
      return false;
    case Incoming::Progress::need_more:
      break;
  }
  if (buffer_.size() + 1 > body_read_size) {
    fail(
        {.code = "malformed",
         .detail = "A chunk's head or trailer is too long; send chunks without extensions."});
    return false;
  }
  if (phase_ == Phase::streaming)
    read(Awaited::lines);
  else if (incoming_.has_head())
    read(Awaited::body);
  else if (incoming_.begun())
    read(Awaited::head);
  else
    read(awaited_ == Awaited::first_request ? Awaited::first_request : Awaited::next_request);
  return false;
}

bool Connection::take_head() {
  auto& request = incoming_.request();
  const auto target = split_target(incoming_.target());
  if (!target || !decode_query(target->query, request.query)) {
    fail(
        {.code = "malformed",
         .detail = "The request's target is not a path with a query in UTF-8; percent-encode it as "
                   "RFC 3986 says."});
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
  fail(
      {.code = "unavailable",
       .detail = "Too many large bodies are arriving at once; try again soon."});
  return false;
}

// Counts what this connection keeps in memory for its body; false when all of them together keep
// too much.
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
  perform([this] {
    loop_->shared().application.handle(incoming_.request(), Reply{shared_from_this()});
  });
}

// Who sent what is no HTTP cannot be told, nor can a client that was turned away unheard.
void Connection::permit(Response& head) {
  if (incoming_.has_head()) loop_->shared().options.cors.permit(incoming_.request(), head);
}

void Connection::respond(Response response) {
  if (phase_ != Phase::handling) return;  // Closed in the meantime.
  --traffic().in_flight;
  hold(0);
  write(std::move(response));
}

// Answers a request that cannot be gone on with, and closes.
void Connection::fail(const Problem& problem) {
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
  if (phase_ == Phase::ongoing) return finish_ongoing();
  if (phase_ == Phase::reading && !incoming_.begun()) close();
}

void Connection::close() {
  if (phase_ == Phase::closed) return;
  const auto self = shared_from_this();  // The loop's reference may be the last.
  if (phase_ == Phase::handling || stream_) --traffic().in_flight;
  --traffic().connections;
  phase_ = Phase::closed;
  if (outgoing_) leave_ongoing();
  hold(0);
  read_deadline_ = write_deadline_ = Clock::time_point::max();
  Error ignored;
  socket_.close(ignored);
  stream_.reset();
  loop_->remove(*this);
}

}  // namespace http
