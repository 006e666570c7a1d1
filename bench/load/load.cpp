#include "bench/load/load.hpp"

#include <fmt/format.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <boost/asio/buffer.hpp>
#include <boost/beast/http/error.hpp>
#include <cerrno>
#include <cstring>
#include <memory>
#include <stdexcept>
#include <vector>

#include "bench/load/pace.hpp"

namespace load {
namespace {

// A server that says nothing for so long has lost a request.
constexpr std::chrono::seconds patience{30};
constexpr std::size_t told_bytes = 500;  // of a refusal
constexpr std::size_t read_bytes = std::size_t{256} * 1024;

[[noreturn]] void fail(std::string_view what) {
  throw std::runtime_error(
      fmt::format("{} ({}); see what the server says", what, std::strerror(errno)));
}

class Descriptor {
 public:
  explicit Descriptor(int fd) : fd_{fd} {
    if (fd_ < 0) fail("no descriptor is left");
  }
  ~Descriptor() { close(fd_); }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;

  operator int() const { return fd_; }  // NOLINT(google-explicit-constructor): it is one

 private:
  int fd_;
};

struct Connection {
  explicit Connection(std::uint16_t port) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    const int on = 1;
    setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    if (connect(socket, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0)
      fail("cannot connect to the server");
  }

  Descriptor socket{::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)};
  std::string out;       // of the request, what the socket has not taken yet
  bool blocked = false;  // the socket takes no more for now
  std::string in;        // of the answer, what the parser has not taken yet
  std::optional<Answer> answer;
  Clock::time_point since;  // what is under way is measured from here
  bool follows = false;     // it followed an answer
};

class Run {
 public:
  Run(const Plan& plan, Script& script)
      : script_{script},
        measured_from_{Clock::now() + plan.warm_up},
        end_{measured_from_ + plan.time},
        pace_{plan.rate, measured_from_ - plan.warm_up, end_} {
    for (int i = 0; i < plan.connections; ++i) {
      auto& made = *connections_.emplace_back(std::make_unique<Connection>(plan.port));
      listen(EPOLL_CTL_ADD, made);
      idle_.push_back(&made);
    }
    measured_.time = plan.time;
  }

  Measured operator()() {
    for (start_due(); under_way() || !pace_.over(Clock::now()); start_due()) {
      std::array<epoll_event, 256> events{};
      const auto wait = until_next();
      const int count = epoll_pwait2(epoll_, events.data(), events.size(), &wait, nullptr);
      if (count == 0 && under_way() && Clock::now() > heard_ + patience)
        throw std::runtime_error(
            fmt::format("no answer came for {} s; see what the server says", patience.count()));
      for (int i = 0; i < count; ++i) {
        const auto& event = events[static_cast<std::size_t>(i)];
        auto& connection = *static_cast<Connection*>(event.data.ptr);
        if (event.events & EPOLLOUT) send(connection);
        if (event.events & ~EPOLLOUT) receive(connection);
      }
    }
    return std::move(measured_);
  }

 private:
  bool under_way() const { return idle_.size() < connections_.size(); }

  timespec until_next() const {
    Nanoseconds wait = patience;
    const auto now = Clock::now();
    if (!idle_.empty() && !pace_.over(now)) wait = std::max(Nanoseconds{0}, pace_.next(now) - now);
    return {.tv_sec = wait.count() / 1'000'000'000, .tv_nsec = wait.count() % 1'000'000'000};
  }

  void start_due() {
    while (!idle_.empty()) {
      const auto due = pace_.take(Clock::now());
      if (!due) return;
      auto& connection = *idle_.back();
      idle_.pop_back();
      connection.since = *due;
      connection.follows = false;
      script_.request(connection.out);
      begin(connection);
    }
  }

  void begin(Connection& connection) {
    connection.answer.emplace();
    send(connection);
  }

  void send(Connection& connection) {
    const auto sent = ::send(
        connection.socket,
        connection.out.data(),
        connection.out.size(),
        MSG_DONTWAIT | MSG_NOSIGNAL);
    if (sent < 0 && errno != EAGAIN) fail("the server hung up");
    if (sent > 0) connection.out.erase(0, static_cast<std::size_t>(sent));
    if (connection.blocked == !connection.out.empty()) return;
    connection.blocked = !connection.out.empty();
    listen(EPOLL_CTL_MOD, connection);
  }

  void listen(int how, Connection& connection) {
    epoll_event event{};
    event.events = EPOLLIN | (connection.blocked ? EPOLLOUT : 0u);
    event.data.ptr = &connection;
    if (epoll_ctl(epoll_, how, connection.socket, &event) != 0) fail("epoll takes no more");
  }

  void receive(Connection& connection) {
    const auto got = ::recv(connection.socket, buffer_.data(), buffer_.size(), MSG_DONTWAIT);
    if (got < 0 && errno == EAGAIN) return;
    if (got <= 0 || !connection.answer) fail("the server hung up");
    connection.in.append(buffer_.data(), static_cast<std::size_t>(got));
    boost::beast::error_code error;
    const auto used = connection.answer->put(boost::asio::buffer(connection.in), error);
    if (error && error != boost::beast::http::error::need_more)
      throw std::runtime_error(
          fmt::format("the server's answer is not HTTP: {}; mend the server", error.message()));
    connection.in.erase(0, used);
    if (connection.answer->is_done()) finish(connection);
  }

  void finish(Connection& connection) {
    const auto& answer = *connection.answer;
    const auto now = heard_ = Clock::now();
    const auto confirmed = script_.confirms(answer);
    if (confirmed == 0)
      throw std::runtime_error(fmt::format(
          "the server refuses with {}: {}; mend the script or the server",
          answer.status(),
          answer.body().substr(0, told_bytes)));
    if (connection.since >= measured_from_)
      (connection.follows ? measured_.following : measured_.latency).record(now - connection.since);
    if (now >= measured_from_ && now < end_ && !connection.follows)
      measured_.confirmed += confirmed;
    if (!connection.follows) {
      script_.follow(answer, connection.out);
      if (!connection.out.empty()) {
        connection.since = now;
        connection.follows = true;
        return begin(connection);
      }
    }
    connection.answer.reset();
    idle_.push_back(&connection);
  }

  Script& script_;
  Clock::time_point measured_from_, end_;
  Pace pace_;
  Descriptor epoll_{epoll_create1(EPOLL_CLOEXEC)};
  std::vector<std::unique_ptr<Connection>> connections_;
  std::vector<Connection*> idle_;
  std::vector<char> buffer_ = std::vector<char>(read_bytes);
  Clock::time_point heard_ = Clock::now();
  Measured measured_;
};

}  // namespace

void Measured::merge(const Measured& other) {
  latency.merge(other.latency);
  following.merge(other.following);
  confirmed += other.confirmed;
  time += other.time;
}

Measured run(const Plan& plan, Script& script) { return Run{plan, script}(); }

void write_get(std::string& out, std::string_view target, std::string_view more_headers) {
  fmt::format_to(
      std::back_inserter(out),
      "GET {} HTTP/1.1\r\nHost: 127.0.0.1\r\n{}\r\n",
      target,
      more_headers);
}

void write_post(
    std::string& out, std::string_view target, std::string_view type, std::string_view body) {
  fmt::format_to(
      std::back_inserter(out),
      "POST {} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: {}\r\nContent-Length: {}\r\n\r\n{}",
      target,
      type,
      body.size(),
      body);
}

}  // namespace load
