#include "gateways/outbound/http_client.hpp"

#include <algorithm>
#include <boost/asio/connect.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/http/write.hpp>
#include <deque>

namespace outbound {
namespace asio = boost::asio;
namespace wire = boost::beast::http;
using asio::ip::tcp;
using Clock = std::chrono::steady_clock;
using Error = boost::system::error_code;
namespace {

// Servers close connections that rest; one that has rested longer than this is not tried.
constexpr std::chrono::seconds rest_most{30};
constexpr std::uint64_t body_bytes_most = 1u << 20;

struct Asked {
  wire::request<wire::string_body> request;
  HttpClient::Done done;
  Clock::time_point deadline;
};

}  // namespace

// The connections and those who wait for one. All of it happens on the loop's thread.
class HttpClient::Pool : public std::enable_shared_from_this<Pool> {
 public:
  Pool(asio::io_context& context, Options options)
      : options_{std::move(options)}, context_{context}, resolver_{context}, patience_{context} {}

  const Options& options() const { return options_; }
  asio::io_context& context() { return context_; }
  tcp::resolver& resolver() { return resolver_; }

  void ask(Asked asked) {
    if (closed_) return asked.done(std::nullopt);
    waiting_.push_back(std::move(asked));
    serve();
  }
  void rest(std::shared_ptr<Connection> connection);
  void remove(const std::shared_ptr<Connection>& connection);
  void close();

 private:
  void serve();
  void watch();
  std::shared_ptr<Connection> take();

  Options options_;
  asio::io_context& context_;
  tcp::resolver resolver_;
  asio::steady_timer patience_;  // of the one that has waited longest
  std::deque<Asked> waiting_;  // in the order of their deadlines: the time-out is the same for all
  std::vector<std::shared_ptr<Connection>> all_, resting_;  // resting: the last used last
  bool closed_ = false;
};

// Carries one request at a time. After a failure it is not used again, so a handler that finds no
// request has come too late and does nothing.
class HttpClient::Connection : public std::enable_shared_from_this<Connection> {
 public:
  explicit Connection(std::shared_ptr<Pool> pool)
      : pool_{std::move(pool)}, socket_{pool_->context()}, deadline_{pool_->context()} {}

  void carry(Asked asked) {
    request_ = std::move(asked.request);
    done_ = std::move(asked.done);
    deadline_.expires_at(asked.deadline);
    deadline_.async_wait([self = shared_from_this()](Error) {
      // Set anew meanwhile, or done with: then this is about an earlier request.
      if (self->done_ && self->deadline_.expiry() <= Clock::now()) self->give_up();
    });
    kept_ = socket_.is_open();
    if (kept_)
      send();
    else
      resolve();
  }

  void give_up() {
    Error ignored;
    socket_.close(ignored);
    finish(std::nullopt);
  }

  bool has_rested(Clock::time_point now) const { return now - resting_since_ > rest_most; }

 private:
  // The handler's action, unless the request is over.
  template <class Action>
  auto then(Action action) {
    return [self = shared_from_this(), action](Error error, auto&&... results) {
      if (!self->done_) return;
      if (error) return self->fail();
      action(*self, results...);
    };
  }

  void resolve() {
    const auto& base = pool_->options().base;
    pool_->resolver().async_resolve(
        base.host, std::to_string(base.port), then([](Connection& self, const auto& found) {
          asio::async_connect(
              self.socket_, found, self.then([](Connection& connected, const auto&) {
                Error ignored;
                connected.socket_.set_option(tcp::no_delay{true}, ignored);
                connected.send();
              }));
        }));
  }

  void send() {
    parser_.emplace();
    parser_->body_limit(body_bytes_most);
    wire::async_write(socket_, request_, then([](Connection& self, std::size_t) {
                        wire::async_read(
                            self.socket_,
                            self.buffer_,
                            *self.parser_,
                            self.then([](Connection& done, std::size_t) { done.received(); }));
                      }));
  }

  void received() {
    HttpAnswer answer{parser_->get().result_int(), std::move(parser_->get().body())};
    // More than the answer was sent: whatever it is, the next request shall not take it for its
    // own.
    if (!parser_->get().keep_alive() || buffer_.size() > 0) {
      Error ignored;
      socket_.close(ignored);
    }
    finish(std::move(answer));
  }

  void fail() {
    if (!kept_ || (parser_ && parser_->got_some())) return give_up();
    kept_ = false;
    socket_ = tcp::socket{pool_->context()};
    buffer_.clear();
    resolve();
  }

  void finish(std::optional<HttpAnswer> answer) {
    const auto self = shared_from_this();  // The pool may let go of it.
    deadline_.cancel();
    const auto done = std::exchange(done_, nullptr);
    if (socket_.is_open()) {
      resting_since_ = Clock::now();
      pool_->rest(self);
    } else {
      pool_->remove(self);
    }
    done(std::move(answer));
  }

  std::shared_ptr<Pool> pool_;
  tcp::socket socket_;
  asio::steady_timer deadline_;
  // These three last as long as the connection: a write or read that was given up still ends.
  wire::request<wire::string_body> request_;
  boost::beast::flat_buffer buffer_;
  std::optional<wire::response_parser<wire::string_body>> parser_;
  HttpClient::Done done_;  // empty: nobody waits
  bool kept_ = false;      // it has carried a request before this one
  Clock::time_point resting_since_;
};

std::shared_ptr<HttpClient::Connection> HttpClient::Pool::take() {
  while (!resting_.empty()) {
    auto connection = std::move(resting_.back());
    resting_.pop_back();
    if (!connection->has_rested(Clock::now())) return connection;
    std::erase(all_, connection);
  }
  if (all_.size() >= options_.connections) return nullptr;
  return all_.emplace_back(std::make_shared<Connection>(shared_from_this()));
}

void HttpClient::Pool::serve() {
  while (!waiting_.empty()) {
    const auto connection = take();
    if (!connection) break;
    auto asked = std::move(waiting_.front());
    waiting_.pop_front();
    connection->carry(std::move(asked));
  }
  watch();
}

void HttpClient::Pool::watch() {
  if (waiting_.empty()) return;
  patience_.expires_at(waiting_.front().deadline);
  patience_.async_wait([self = shared_from_this()](Error error) {
    if (error) return;
    while (!self->waiting_.empty() && self->waiting_.front().deadline <= Clock::now()) {
      const auto done = std::move(self->waiting_.front().done);
      self->waiting_.pop_front();
      done(std::nullopt);
    }
    self->watch();
  });
}

void HttpClient::Pool::rest(std::shared_ptr<Connection> connection) {
  resting_.push_back(std::move(connection));
  serve();
}

void HttpClient::Pool::remove(const std::shared_ptr<Connection>& connection) {
  std::erase(all_, connection);
  if (!closed_) serve();
}

void HttpClient::Pool::close() {
  closed_ = true;
  resolver_.cancel();
  patience_.cancel();
  for (const auto& connection : std::exchange(resting_, {})) std::erase(all_, connection);
  const auto busy = all_;  // Those that give up leave the list.
  for (const auto& connection : busy) connection->give_up();
  for (auto& asked : std::exchange(waiting_, {})) asked.done(std::nullopt);
}

HttpClient::HttpClient(Loop& loop, Options options)
    : loop_{loop}, pool_{std::make_shared<Pool>(loop.context(), std::move(options))} {}

HttpClient::~HttpClient() {
  loop_.run([this] { pool_->close(); });
  // Who asked again on being answered is answered as well.
  loop_.run([] {});
}

void HttpClient::ask(HttpRequest request, Done done) {
  const auto& base = pool_->options().base;
  wire::request<wire::string_body> message{
      wire::string_to_verb(request.method), base.path + request.path, 11};
  message.set(wire::field::host, base.authority());
  for (const auto& [name, value] : request.headers) message.set(name, value);
  if (!request.body.empty()) message.set(wire::field::content_type, "application/json");
  message.body() = std::move(request.body);
  message.prepare_payload();
  // The deadline is set on the loop, so that those who wait are in the order of theirs.
  asio::post(
      loop_.context(),
      [pool = pool_, message = std::move(message), done = std::move(done)]() mutable {
        pool->ask({std::move(message), std::move(done), Clock::now() + pool->options().time_out});
      });
}

}  // namespace outbound
