// A server whose application does what the test says.
#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "gateways/http/server.hpp"

namespace http_test {

inline http::Response text(std::string body) {
  return {.content_type = http::content::json, .body = std::move(body)};
}

// Answers as the test says.
struct Scripted : http::Application {
  std::function<void(const http::Request&, http::Reply)> on_request =
      [](const http::Request& request, http::Reply reply) {
        reply(text(std::string{request.method} + ' ' + std::string{request.path}));
      };
  void handle(const http::Request& request, http::Reply reply) override {
    on_request(request, std::move(reply));
  }
  std::unique_ptr<http::Lines> lines(const http::Request&) override { return nullptr; }
};

// A server on a free port whose application the test scripts.
struct Running {
  Scripted application;
  std::mutex mutex;
  std::vector<std::string> log;
  http::Server server;

  explicit Running(http::Limits limits = {}, unsigned threads = 1)
      : server{
            application,
            {.port = 0, .threads = threads, .limits = limits, .log = [this](std::string_view line) {
               const std::lock_guard lock{mutex};
               log.emplace_back(line);
             }}} {}
};

// The beginning of a request, to which a test adds what no HTTP library would send.
inline std::string head(std::string_view line) { return std::string{line} + "\r\nHost: test\r\n"; }

}  // namespace http_test
