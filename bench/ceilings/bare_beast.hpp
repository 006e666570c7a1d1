// Bare Beast on one thread: reads requests over keep-alive, and answers with the same bytes, each
// when it is told to.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http.hpp>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>

namespace ceilings {

namespace asio = boost::asio;
namespace http = boost::beast::http;
using boost::system::error_code;

class Connection;
using OnRequest = std::function<void(std::shared_ptr<Connection>)>;

class BareBeast {
 public:
  BareBeast(std::uint16_t port, http::status status, std::string body, OnRequest then)
      : on_request{std::move(then)},
        answer{status, 11, std::move(body)},
        acceptor_{context, {asio::ip::address_v4::loopback(), port}} {
    answer.set(http::field::content_type, "application/json");
    answer.prepare_payload();
    accept();
  }
  void run() { context.run(); }

  asio::io_context context{1};
  const OnRequest on_request;
  http::response<http::string_body> answer;

 private:
  void accept();

  asio::ip::tcp::acceptor acceptor_;
};

class Connection : public std::enable_shared_from_this<Connection> {
 public:
  Connection(asio::ip::tcp::socket socket, const BareBeast& server)
      : socket_{std::move(socket)}, server_{server} {}

  void read() {
    request_ = {};
    http::async_read(
        socket_, buffer_, request_, [self = shared_from_this()](error_code error, std::size_t) {
          if (!error) self->server_.on_request(self);
        });
  }
  // The request that was read last; then the next is read.
  void answer() {
    serializer_.emplace(server_.answer);
    http::async_write(
        socket_, *serializer_, [self = shared_from_this()](error_code error, std::size_t) {
          if (!error) self->read();
        });
  }

 private:
  asio::ip::tcp::socket socket_;
  const BareBeast& server_;
  boost::beast::flat_buffer buffer_;
  http::request<http::string_body> request_;
  std::optional<http::response_serializer<http::string_body, http::fields>> serializer_;
};

inline void BareBeast::accept() {
  acceptor_.async_accept([this](error_code error, asio::ip::tcp::socket socket) {
    if (error) return;
    socket.set_option(asio::ip::tcp::no_delay{true});
    std::make_shared<Connection>(std::move(socket), *this)->read();
    accept();
  });
}

}  // namespace ceilings
