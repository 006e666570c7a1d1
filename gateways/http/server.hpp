// An HTTP/1.1 server: it reads requests, hands them to an application, and writes the answers.
//
// Concurrency: each thread serves its own connections; the application is called on those threads
// and must not block. Replies may be called from any thread.
//
// Limits: see struct Limits. What goes beyond them gets a problem document where HTTP still allows
// one, and a closed connection where it does not; memory held for bodies is bounded over all
// connections together.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "gateways/http/cors.hpp"
#include "gateways/http/message.hpp"

namespace http {

class RouteStats;

// The server's own counts, for /metrics.
struct Traffic {
  std::atomic<std::int64_t> connections{0};
  std::atomic<std::int64_t> in_flight{0};
  std::atomic<std::int64_t> ongoing{0};       // answers that go on
  std::atomic<std::uint64_t> left_behind{0};  // of those, closed because their client was too slow
  std::atomic<std::uint64_t> accepted{0};     // connections since the start
  std::atomic<std::uint64_t> turned_away{0};  // connections over the limit
  std::atomic<std::uint64_t> malformed{
      0};  // requests that never became one: bad HTTP, too large, too slow
};

// Where the answer to a request goes: a connection, or a test's stand-in for one. Any thread may
// call it.
class Exchange {
 public:
  virtual ~Exchange() = default;
  virtual void answer(Response response) = 0;
  virtual void answer_line(std::uint64_t number, std::string text) = 0;
  // An answer that goes on; see Ongoing.
  virtual void begin(Response head, std::function<void()> gone) = 0;
  virtual void send(std::shared_ptr<const std::string> text) = 0;
  virtual void end() = 0;
  // Runs the task on the thread that serves this client.
  virtual void run(std::function<void()> task) = 0;
};

// An answer that goes on, piece by piece, until it is dropped or the client leaves. Any thread may
// call it.
class Ongoing {
 public:
  explicit Ongoing(std::shared_ptr<Exchange> exchange) : exchange_{std::move(exchange)} {}
  Ongoing(Ongoing&&) noexcept = default;
  Ongoing& operator=(Ongoing&&) = delete;
  ~Ongoing();

  // Never waits. What the client has not taken yet is kept, up to Limits::ongoing_bytes; one that
  // falls further behind is cut off. Several may share a text.
  void send(std::shared_ptr<const std::string> text) { exchange_->send(std::move(text)); }

 private:
  std::shared_ptr<Exchange> exchange_;
};

// The right to answer one request, once and from any thread. Dropped unused, it answers 500, so no
// client waits for ever. A client that is gone by then is nobody's concern.
class Reply {
 public:
  explicit Reply(std::shared_ptr<Exchange> exchange);
  Reply(Reply&&) noexcept = default;
  Reply& operator=(Reply&&) = delete;
  ~Reply();

  void operator()(Response response);

  // Answers with a head whose body is to follow; the head's own is not sent. `gone` is called once,
  // on the thread that serves the client, when the answer is over, whoever ended it.
  Ongoing begin(Response head, std::function<void()> gone);

  // Runs the task on the thread that serves the client: for work that a callback must not do on its
  // own thread.
  void run(std::function<void()> task) { exchange_->run(std::move(task)); }

  // Counts the answer, and the time until it, among the route's.
  void measure(RouteStats& route) { route_ = &route; }

 private:
  std::shared_ptr<Exchange> exchange_;
  RouteStats* route_ = nullptr;
  std::chrono::steady_clock::time_point started_;
};

// The right to answer one line; as Reply. The text is one line of JSON without its newline.
class LineReply {
 public:
  LineReply(std::shared_ptr<Exchange> exchange, std::uint64_t number);
  LineReply(LineReply&&) noexcept = default;
  LineReply& operator=(LineReply&&) = delete;
  ~LineReply();

  void operator()(std::string text);
  void run(std::function<void()> task) { exchange_->run(std::move(task)); }

 private:
  std::shared_ptr<Exchange> exchange_;
  std::uint64_t number_;
};

// Takes the lines of one streamed body as they arrive. Answers are sent in the order of the lines,
// whatever the order of the replies. At most Limits::lines_in_flight lines are unanswered at a
// time: beyond that the server stops reading, and so the client must read answers while it sends.
class Lines {
 public:
  virtual ~Lines() = default;
  // May throw: the line is then answered with a 500 and the log gets one line.
  virtual void line(std::string_view text, LineReply reply) = 0;
  virtual void too_long(LineReply reply) = 0;
};

class Application {
 public:
  virtual ~Application() = default;
  // A request with its whole body. May throw: the client then gets a 500 and the log one line.
  virtual void handle(const Request& request, Reply reply) = 0;
  // Asked when the head of a request with a body has arrived: a Lines when the body is to be
  // streamed, null when it is to be gathered for handle().
  virtual std::unique_ptr<Lines> lines(const Request& head) = 0;

  Traffic& traffic() { return traffic_; }

 private:
  Traffic traffic_;
};

struct Limits {
  std::size_t head_bytes = std::size_t{16} * 1024;
  std::size_t body_bytes = std::size_t{1024} * 1024;
  std::size_t line_bytes = std::size_t{1024} * 1024;
  std::size_t lines_in_flight = 512;
  std::size_t buffered_bytes =
      std::size_t{256} * 1024 * 1024;  // of unfinished bodies, all connections together
  std::size_t ongoing_bytes = std::size_t{256} * 1024;  // not yet taken, of an answer that goes on
  std::int64_t connections = 10'000;
  std::chrono::milliseconds head_timeout{10'000};  // from its first byte to its last
  std::chrono::milliseconds body_timeout{
      10'000};  // the same; of a streamed body: without any byte, idle_timeout
  std::chrono::milliseconds idle_timeout{60'000};   // between two requests
  std::chrono::milliseconds write_timeout{30'000};  // for one answer to be taken
};

struct ServerOptions {
  std::string address = "127.0.0.1";
  std::uint16_t port = 8080;  // 0: any free one
  unsigned threads = 1;
  Limits limits;
  Cors cors;                                  // heard in every answer, whoever made it
  std::function<void(std::string_view)> log;  // one line per event; any thread
};

class Server {
 public:
  // Listens and serves from here on. Throws std::runtime_error with a sentence that says what to do
  // when it cannot.
  Server(Application& application, ServerOptions options);
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;
  ~Server();  // stop() without patience

  std::uint16_t port() const;

  // Stops accepting, closes what is idle, ends answers that go on, finishes what is under way
  // within `patience`, cuts the rest off. Returns when every thread has ended. Replies may still be
  // called afterwards; they go nowhere.
  void stop(std::chrono::milliseconds patience);

 private:
  class Listener;
  std::unique_ptr<Listener> listener_;
};

}  // namespace http
