#include "gateways/cli/http_client.hpp"

#include <sys/socket.h>
#include <sys/time.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>

namespace cli {
namespace {

namespace asio = boost::asio;
namespace http = boost::beast::http;

// Whoever looks after processes cannot wait for one of them; it looks again.
constexpr timeval patience_of_get{.tv_sec = 2, .tv_usec = 0};
constexpr timeval patience_of_post{.tv_sec = 60, .tv_usec = 0};

Answer ask(std::uint16_t port, http::request<http::string_body> request, timeval patience) {
  boost::system::error_code error;
  asio::io_context context;
  boost::beast::tcp_stream stream{context};
  stream.socket().connect({asio::ip::address_v4::loopback(), port}, error);
  if (error) return {};
  setsockopt(stream.socket().native_handle(), SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  request.set(http::field::host, "127.0.0.1");
  request.set(http::field::connection, "close");
  request.prepare_payload();
  http::write(stream, request, error);
  if (error) return {};
  boost::beast::flat_buffer buffer;
  http::response<http::string_body> response;
  http::read(stream, buffer, response, error);
  if (error) return {};
  return {static_cast<int>(response.result_int()), std::move(response.body())};
}

}  // namespace

Answer get(std::uint16_t port, const std::string& path) {
  return ask(port, {http::verb::get, path, 11}, patience_of_get);
}

Answer post(
    std::uint16_t port,
    const std::string& path,
    const std::string& content_type,
    const std::string& body) {
  http::request<http::string_body> request{http::verb::post, path, 11, body};
  request.set(http::field::content_type, content_type);
  return ask(port, std::move(request), patience_of_post);
}

int get_status(std::uint16_t port, const std::string& path) { return get(port, path).status; }

}  // namespace cli
