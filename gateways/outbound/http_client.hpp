// A client of one HTTP service, over connections that are kept.
//
// A kept connection may turn out closed by the other side when it is used again; the request is
// then sent once more over a new one. So requests must be such that twice is as good as once: they
// carry a key, or only read.
//
// Concurrency: any thread may ask; `done` is called exactly once, on the loop's thread, and must
// not block or destroy the client.
//
// Limits: as many connections as the options say; requests beyond them wait in turn, and their
// waiting counts towards the time-out. An answer's body may have 1 MiB.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "gateways/outbound/loop.hpp"
#include "gateways/outbound/url.hpp"

namespace outbound {

struct HttpRequest {
  std::string method;  // "POST"
  std::string path;    // "/v1/payments", percent-encoded; the base address's path is put before it
  std::vector<std::pair<std::string, std::string>> headers = {};
  std::string body = {};  // JSON; empty: none
};

struct HttpAnswer {
  unsigned status = 0;
  std::string body;
};

class HttpClient {
 public:
  struct Options {
    Url base;
    std::chrono::milliseconds time_out;  // from ask() to the whole answer
    std::size_t connections = 16;
  };
  // Absent: no whole answer came in time. The request may have been heard all the same.
  using Done = std::function<void(std::optional<HttpAnswer>)>;

  HttpClient(Loop& loop, Options options);
  ~HttpClient();  // what is still unanswered is answered with nothing
  HttpClient(const HttpClient&) = delete;
  HttpClient& operator=(const HttpClient&) = delete;

  void ask(HttpRequest request, Done done);

 private:
  class Pool;
  class Connection;

  Loop& loop_;
  std::shared_ptr<Pool> pool_;
};

}  // namespace outbound
