// ceiling_http PORT STATUS BODY: bare Beast on one thread, which answers every request with the
// same bytes. What no HTTP server on Beast goes beyond.

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http.hpp>
#include <cstdio>
#include <memory>
#include <optional>
#include <string>

namespace {

namespace asio = boost::asio;
namespace http = boost::beast::http;
using Answer = http::response<http::string_body>;
using boost::system::error_code;

class Connection : public std::enable_shared_from_this<Connection> {
 public:
  Connection(asio::ip::tcp::socket socket, const Answer& answer)
      : socket_{std::move(socket)}, answer_{answer} {}

  void read() {
    request_ = {};
    http::async_read(
        socket_, buffer_, request_, [self = shared_from_this()](error_code error, std::size_t) {
          if (!error) self->write();
        });
  }

 private:
  void write() {
    serializer_.emplace(answer_);
    http::async_write(
        socket_, *serializer_, [self = shared_from_this()](error_code error, std::size_t) {
          if (!error) self->read();
        });
  }

  asio::ip::tcp::socket socket_;
  const Answer& answer_;
  boost::beast::flat_buffer buffer_;
  http::request<http::string_body> request_;
  std::optional<http::response_serializer<http::string_body, http::fields>> serializer_;
};

void accept(asio::ip::tcp::acceptor& acceptor, const Answer& answer) {
  acceptor.async_accept([&](error_code error, asio::ip::tcp::socket socket) {
    if (error) return;
    socket.set_option(asio::ip::tcp::no_delay{true});
    std::make_shared<Connection>(std::move(socket), answer)->read();
    accept(acceptor, answer);
  });
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 4) {
    std::fputs("usage: ceiling_http PORT STATUS BODY\n", stderr);
    return 2;
  }
  const auto port = static_cast<std::uint16_t>(std::stoi(argv[1]));
  Answer answer{static_cast<http::status>(std::stoi(argv[2])), 11, argv[3]};
  answer.set(http::field::content_type, "application/json");
  answer.prepare_payload();
  asio::io_context context{1};
  asio::ip::tcp::acceptor acceptor{context, {asio::ip::address_v4::loopback(), port}};
  accept(acceptor, answer);
  context.run();
}
