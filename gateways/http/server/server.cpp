#include "gateways/http/server.hpp"

#include <fmt/format.h>

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <stdexcept>
#include <thread>
#include <vector>

#include "domain/kernel/thread.hpp"
#include "gateways/http/server/loop.hpp"

namespace http {
namespace asio = boost::asio;
using asio::ip::tcp;
namespace {

// Beyond the limit of connections this many more are told so; any further are closed without a
// word.
constexpr std::int64_t turned_away_at_once = 64;

constexpr std::chrono::milliseconds pause_without_descriptors{50};

std::string why_not(const ServerOptions& options, const boost::system::error_code& error) {
  const auto place = fmt::format("port {} of {}", options.port, options.address);
  if (error == asio::error::address_in_use)
    return place + " is taken; stop what listens there, or choose another port with --port.";
  if (error == asio::error::access_denied)
    return place + " may only be opened by root; choose a port above 1023 with --port.";
  return fmt::format(
      "{} cannot be opened ({}); choose an address of this machine.", place, error.message());
}

tcp::acceptor listen(asio::io_context& context, const ServerOptions& options) {
  boost::system::error_code error;
  const auto address = asio::ip::make_address(options.address, error);
  if (error)
    throw std::runtime_error(
        fmt::format("{} is not an IP address; use one such as 127.0.0.1 or ::.", options.address));
  const tcp::endpoint endpoint{address, options.port};
  tcp::acceptor acceptor{context};
  acceptor.open(endpoint.protocol(), error);
  if (!error) acceptor.set_option(tcp::acceptor::reuse_address{true}, error);
  if (!error) acceptor.bind(endpoint, error);
  if (!error) acceptor.listen(asio::socket_base::max_listen_connections, error);
  if (error) throw std::runtime_error(why_not(options, error));
  return acceptor;
}

}  // namespace

// The listening socket lives on the first loop and hands the connections out in turn.
class Server::Listener {
 public:
  Listener(Application& application, ServerOptions options)
      : shared_{new Shared{application, std::move(options)}},
        loops_{make_loops(shared_)},
        acceptor_{listen(loops_[0]->context(), shared_->options)},
        pause_{loops_[0]->context()},
        port_{acceptor_.local_endpoint().port()} {
    accept();
    for (const auto& loop : loops_)
      threads_.emplace_back([loop] {
        kernel::name_thread("http");
        loop->run();
      });
  }

  std::uint16_t port() const { return port_; }

  void stop(std::chrono::milliseconds patience) {
    if (threads_.empty()) return;
    asio::post(loops_[0]->context(), [this] {
      boost::system::error_code ignored;
      acceptor_.close(ignored);
      pause_.cancel();
    });
    for (const auto& loop : loops_)
      asio::post(loop->context(), [&each = *loop, patience] { each.stop(patience); });
    for (auto& thread : threads_) thread.join();
    threads_.clear();
  }

 private:
  static std::vector<std::shared_ptr<Loop>> make_loops(const std::shared_ptr<Shared>& shared) {
    std::vector<std::shared_ptr<Loop>> loops;
    for (unsigned i = 0; i < std::max(1u, shared->options.threads); ++i)
      loops.push_back(std::make_shared<Loop>(shared));
    return loops;
  }

  void accept() {
    auto& loop = *loops_[next_++ % loops_.size()];
    acceptor_.async_accept(
        loop.context(), [this, &loop](boost::system::error_code error, tcp::socket socket) {
          if (!acceptor_.is_open()) return;
          if (error) return recover(error);
          welcome(loop, std::move(socket));
          accept();
        });
  }

  void welcome(Loop& loop, tcp::socket socket) {
    auto& traffic = shared_->application.traffic();
    const auto limit = shared_->options.limits.connections;
    const bool over = traffic.connections >= limit;
    if (over) ++traffic.turned_away;
    if (traffic.connections >= limit + turned_away_at_once) return;  // Closes the socket.
    ++traffic.connections;
    ++traffic.accepted;
    const auto how = over ? Loop::Welcome::refused : Loop::Welcome::served;
    asio::post(loop.context(), [&loop, how, socket = std::move(socket)]() mutable {
      loop.adopt(std::move(socket), how);
    });
  }

  // A client that left before it was accepted is no trouble. Out of descriptors is: accepting would
  // fail at once again, so wait until some have been closed.
  void recover(boost::system::error_code error) {
    if (error == asio::error::connection_aborted) return accept();
    shared_->log(fmt::format(
        "a connection could not be accepted: {}; raise the limit of open files (ulimit -n) "
        "if this goes on",
        error.message()));
    pause_.expires_after(pause_without_descriptors);
    pause_.async_wait([this](boost::system::error_code) {
      if (acceptor_.is_open()) accept();
    });
  }

  std::shared_ptr<Shared> shared_;
  std::vector<std::shared_ptr<Loop>> loops_;
  tcp::acceptor acceptor_;
  asio::steady_timer pause_;
  std::uint16_t port_;
  std::vector<std::thread> threads_;
  std::size_t next_ = 0;
};

Server::Server(Application& application, ServerOptions options)
    : listener_{std::make_unique<Listener>(application, std::move(options))} {}

Server::~Server() { stop(std::chrono::milliseconds{0}); }

std::uint16_t Server::port() const { return listener_->port(); }

void Server::stop(std::chrono::milliseconds patience) { listener_->stop(patience); }

}  // namespace http
