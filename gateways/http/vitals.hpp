// What a process without a gateway says of itself over HTTP: /healthz, /readyz and /metrics.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "gateways/http/server.hpp"

namespace http {

class Vitals final : public Application {
 public:
  // Both are called on the server's threads. `not_ready`: a sentence that says why not.
  Vitals(
      std::function<std::optional<std::string>()> not_ready, std::function<std::string()> metrics)
      : not_ready_{std::move(not_ready)}, metrics_{std::move(metrics)} {}

  void handle(const Request& request, Reply reply) override;
  std::unique_ptr<Lines> lines(const Request&) override { return nullptr; }

 private:
  std::function<std::optional<std::string>()> not_ready_;
  std::function<std::string()> metrics_;
};

}  // namespace http
