#include "tests/http/client.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <stdexcept>
#include <utility>

namespace http_test {
namespace {
constexpr int patience_ms = 10'000;
}

Client::Client(std::uint16_t port) : socket_{::socket(AF_INET, SOCK_STREAM, 0)} {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (::connect(socket_, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0)
    throw std::runtime_error("no server listens");
}

Client::~Client() { close(); }

void Client::close() {
  if (socket_ >= 0) ::close(socket_);
  socket_ = -1;
}

bool Client::try_send(std::string_view bytes) {
  while (!bytes.empty()) {
    const auto sent = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
  return true;
}

void Client::send(std::string_view bytes) {
  if (!try_send(bytes)) throw std::runtime_error("the server does not take the bytes");
}

bool Client::fill() {
  pollfd waiting{socket_, POLLIN, 0};
  if (::poll(&waiting, 1, patience_ms) <= 0) throw std::runtime_error("the server sends nothing");
  char bytes[16 * 1024];
  const auto count = ::recv(socket_, bytes, sizeof bytes, 0);
  if (count <= 0) return false;
  buffer_.append(bytes, static_cast<std::size_t>(count));
  return true;
}

bool Client::is_closed() { return buffer_.empty() && !fill(); }

std::string Client::receive_rest() {
  while (fill()) {
  }
  return std::exchange(buffer_, {});
}

std::string Client::take_line() {
  for (;;) {
    if (const auto end = buffer_.find("\r\n"); end != std::string::npos) {
      auto line = buffer_.substr(0, end);
      buffer_.erase(0, end + 2);
      return line;
    }
    if (!fill()) throw std::runtime_error("the server closed in the middle of an answer");
  }
}

std::string Client::take(std::size_t count) {
  while (buffer_.size() < count)
    if (!fill()) throw std::runtime_error("the server closed in the middle of a body");
  auto taken = buffer_.substr(0, count);
  buffer_.erase(0, count);
  return taken;
}

Answer Client::receive_head() {
  Answer answer;
  if (buffer_.empty() && !fill()) return answer;
  const auto line = take_line();
  if (!line.starts_with("HTTP/1.1 ")) throw std::runtime_error("not an answer: " + line);
  answer.status = std::stoi(line.substr(9));
  for (auto header = take_line(); !header.empty(); header = take_line()) {
    const auto colon = header.find(": ");
    auto name = header.substr(0, colon);
    std::ranges::transform(name, name.begin(), [](unsigned char c) { return std::tolower(c); });
    answer.headers[name] = header.substr(colon + 2);
  }
  return answer;
}

Answer Client::receive_head_only() {
  auto answer = receive_head();
  in_chunks_ = answer.header("transfer-encoding") == "chunked";
  return answer;
}

Event Client::receive_event() {
  Event event;
  for (auto line = receive_line(); !line.empty(); line = receive_line()) {
    const auto colon = line.find(": ");
    const auto name = line.substr(0, colon), value = line.substr(colon + 2);
    (name == "event"  ? event.kind
     : name == "data" ? event.data
     : name == "id"   ? event.id
                      : event.comment) = value;
  }
  return event;
}

Answer Client::receive() {
  auto answer = receive_head();
  if (const auto length = answer.header("content-length"); !length.empty())
    answer.body = take(std::stoul(length));
  if (answer.header("transfer-encoding") != "chunked") return answer;
  while (const auto size = std::stoul(take_line(), nullptr, 16)) {
    answer.body += take(size);
    take_line();
  }
  take_line();
  return answer;
}

std::string Client::receive_line() {
  if (!in_chunks_ && receive_head().status != 200)
    throw std::runtime_error("not the beginning of a stream");
  in_chunks_ = true;
  for (;;) {
    if (const auto end = chunk_text_.find('\n'); end != std::string::npos) {
      auto line = chunk_text_.substr(0, end);
      chunk_text_.erase(0, end + 1);
      return line;
    }
    const auto size = std::stoul(take_line(), nullptr, 16);
    if (size == 0) {
      take_line();
      throw std::runtime_error("the stream is over");
    }
    chunk_text_ += take(size);
    take_line();
  }
}

Answer Client::get(std::string_view target, std::vector<std::string> headers) {
  return request("GET", target, "", headers);
}

Answer Client::post(
    std::string_view target, std::string_view body, std::vector<std::string> headers) {
  headers.emplace_back("Content-Type: application/json");
  return request("POST", target, body, headers);
}

Answer Client::request(
    std::string_view method,
    std::string_view target,
    std::string_view body,
    const std::vector<std::string>& headers) {
  std::string text;
  text.append(method).append(" ").append(target).append(" HTTP/1.1\r\nHost: test\r\n");
  for (const auto& header : headers) text.append(header).append("\r\n");
  if (!body.empty())
    text.append("Content-Length: ").append(std::to_string(body.size())).append("\r\n");
  send(text.append("\r\n").append(body));
  return method == "HEAD" ? receive_head_only() : receive();
}

std::string code(const Answer& answer) { return answer.json().at("code"); }

std::string paths(const Answer& answer) {
  std::string joined;
  const auto document = answer.json();
  for (const auto& field : document.at("fields"))
    joined += (joined.empty() ? "" : " ") + field.at("path").get<std::string>();
  return joined;
}

}  // namespace http_test
