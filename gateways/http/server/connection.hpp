// One client's connection: reads a request, has it answered, writes the answer, and begins again.
//
// One request is under way at a time, so pipelined requests are answered in order. A streamed body
// (Lines) is the exception to reading and then writing: there both go on together.
//
//   reading ──► handling ──► writing ──► reading …
//      ├──────► streaming ───────┤          any ──► lingering ──► closed
//      └─ handling ──► ongoing ──┘
//
// While an answer goes on (Ongoing) nothing of a next request is looked at; what is read then only
// tells whether the client is still there.
//
// Concurrency: what is said to be callable from any thread only passes its arguments to the loop's
// thread; all else happens there.
#pragma once

#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <deque>
#include <memory>
#include <string>

#include "gateways/http/problem.hpp"
#include "gateways/http/server/incoming.hpp"
#include "gateways/http/server/line_stream.hpp"
#include "gateways/http/server/loop.hpp"
#include "gateways/http/server/wire.hpp"

namespace http {

class Connection final : public Exchange, public std::enable_shared_from_this<Connection> {
 public:
  Connection(std::shared_ptr<Loop> loop, boost::asio::ip::tcp::socket socket);

  // From any thread.
  void answer(Response response) override;
  void answer_line(std::uint64_t number, std::string text) override;
  void begin(Response head, std::function<void()> gone) override;
  void send(std::shared_ptr<const std::string> text) override;
  void end() override;
  void run(std::function<void()> task) override;

  void start(Loop::Welcome welcome);
  void respond(Response response);
  void respond_to_line(std::uint64_t number, std::string text);
  void perform(const std::function<void()>& task);
  void check_deadlines(Clock::time_point now);
  void finish();  // no further request
  void close();

  std::size_t place = 0;  // the loop's note of where it keeps this connection

 private:
  enum class Phase { reading, handling, streaming, ongoing, writing, lingering, closed };
  enum class Awaited { first_request, next_request, head, body, lines };
  using Error = boost::system::error_code;

  void advance();
  bool take(Incoming::Step step);
  bool take_head();
  bool take_body();
  void dispatch();
  void fail(const Problem& problem);
  bool hold(std::size_t bytes);
  void permit(Response& head);

  // connection_io.cpp
  void send_continue();
  void read(Awaited awaited);
  void on_read(Error error, std::size_t size);
  void write(Response response);
  void on_written(Error error);
  void next_request();
  void linger();
  After after() const;

  // The streamed form; connection_lines.cpp.
  bool start_stream(std::unique_ptr<Lines> lines);
  void pump();
  void flush();
  void end_stream();

  // The answer that goes on; connection_ongoing.cpp.
  struct Outgoing {
    Framing framing = Framing::chunks;
    std::deque<std::shared_ptr<const std::string>> texts;
    std::size_t bytes = 0;  // of the texts, and of the one that is being written
    bool ended = false;
    std::function<void()> gone;
  };
  void begin_ongoing(Response head, std::function<void()> gone);
  void add_piece(std::shared_ptr<const std::string> text);
  void finish_ongoing();
  void write_piece();
  void leave_ongoing();
  void watch_client();

  static constexpr std::size_t read_size = std::size_t{4} * 1024;  // for a head
  static constexpr std::size_t body_read_size = std::size_t{64} * 1024;

  const Limits& limits() const { return loop_->shared().options.limits; }
  Traffic& traffic() { return loop_->shared().application.traffic(); }

  std::shared_ptr<Loop> loop_;
  boost::asio::ip::tcp::socket socket_;
  boost::beast::flat_buffer buffer_;
  Incoming incoming_;
  Phase phase_ = Phase::reading;
  Awaited awaited_ = Awaited::first_request;
  bool read_pending_ = false;
  bool close_after_ = false;
  std::size_t held_ = 0;       // of Shared::buffered
  std::size_t discarded_ = 0;  // while lingering
  Clock::time_point read_deadline_ = Clock::time_point::max();
  Clock::time_point write_deadline_ = Clock::time_point::max();

  std::string out_;  // what is being written, before the response's body
  Response response_;

  std::unique_ptr<LineStream> stream_;
  std::string answers_;  // of lines, due to be written
  bool write_pending_ = false;
  bool stream_head_sent_ = false;
  bool flush_due_ = false;

  std::unique_ptr<Outgoing> outgoing_;
};

}  // namespace http
