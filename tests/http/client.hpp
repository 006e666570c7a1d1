// A client of plain sockets, so that tests can send what no HTTP library would.
#pragma once

#include <cstdint>
#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace http_test {

struct Answer {
  int status = 0;                              // 0: the server closed the connection instead
  std::map<std::string, std::string> headers;  // names in lower case
  std::string body;                            // chunks joined

  nlohmann::json json() const { return nlohmann::json::parse(body); }
  std::string header(const std::string& name) const {
    const auto found = headers.find(name);
    return found == headers.end() ? "" : found->second;
  }
};

// A problem's code, and the paths of its fields, joined by spaces.
std::string code(const Answer& answer);
std::string paths(const Answer& answer);

// Every wait ends after ten seconds with a std::runtime_error.
// A server-sent event, or a comment.
struct Event {
  std::string kind, data, id, comment;
  nlohmann::json json() const { return nlohmann::json::parse(data); }
};

class Client {
 public:
  explicit Client(std::uint16_t port);
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;
  ~Client();

  void send(std::string_view bytes);
  // Sends as much as the server takes, without reading; false when it closed the connection.
  bool try_send(std::string_view bytes);
  Answer receive();
  Answer receive_head_only();  // the answer to a HEAD, or the beginning of one in chunks
  // One line of a chunked answer that is still going on.
  std::string receive_line();
  Event receive_event();       // of such an answer
  std::string receive_rest();  // until the server closes
  // Whether the server closes without sending anything more.
  bool is_closed();
  void close();

  Answer get(std::string_view target, std::vector<std::string> headers = {});
  Answer post(
      std::string_view target, std::string_view body, std::vector<std::string> headers = {});
  Answer request(
      std::string_view method,
      std::string_view target,
      std::string_view body,
      const std::vector<std::string>& headers);

 private:
  bool fill();
  std::string take_line();
  std::string take(std::size_t count);
  Answer receive_head();

  int socket_ = -1;
  std::string buffer_;
  bool in_chunks_ = false;
  std::string chunk_text_;
};

}  // namespace http_test
