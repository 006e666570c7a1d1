// What a process without a gateway says of itself over HTTP: /healthz, /readyz and /metrics.
//
// Concurrency: any thread.
#pragma once

#include <functional>
#include <list>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "gateways/http/server.hpp"

namespace http {

class Vitals final : public Application {
 public:
  // What one part of the process says; both are called on the server's threads. The process is
  // ready when every part is. `not_ready`: a sentence that says why not.
  struct Part {
    std::function<std::optional<std::string>()> not_ready;
    std::function<std::string()> metrics;
  };
  // It is asked until the result is destroyed, and not after.
  class Saying;
  [[nodiscard]] std::unique_ptr<Saying> add(Part part);

  void handle(const Request& request, Reply reply) override;
  std::unique_ptr<Lines> lines(const Request&) override { return nullptr; }

 private:
  std::optional<std::string> not_ready() const;
  std::string metrics() const;

  mutable std::mutex mutex_;  // held while parts are asked
  std::list<Part> parts_;
};

class Vitals::Saying {
 public:
  Saying(Vitals& of, std::list<Part>::iterator part) : of_{of}, part_{part} {}
  ~Saying();
  Saying(const Saying&) = delete;
  Saying& operator=(const Saying&) = delete;

 private:
  Vitals& of_;
  std::list<Part>::iterator part_;
};

}  // namespace http
