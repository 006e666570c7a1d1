// The contract that users see (docs/ARCHITECTURE.md, "The contract"), but for how bytes reach a
// socket.
//
// Concurrency: called on the server's threads, any number of them; holds nothing that changes but
// counters. Rows are read on the calling thread: one point read, or a page of at most 500 rows.
//
// Limits: what a body may hold is the schema's business and the server's (1 MiB); a page of facts
// or rows ends early at 4 MiB.
#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "gateways/http/audit.hpp"
#include "gateways/http/cors.hpp"
#include "gateways/http/server.hpp"

namespace engine {
class Port;
}
namespace views {
class Reader;
}

namespace http {

class Routes;
class StreamSource;
class FlowSource;

struct View {
  views::Reader& reader;
  std::string version;  // changes when the view is rebuilt differently; ends the lives of cursors
};

// Of rows and lists that are followed (gateways/http/api/live.hpp).
struct LiveLimits {
  std::size_t streams = 1'000;
  std::chrono::milliseconds ping{15'000};       // the longest silence
  std::chrono::milliseconds between_looks{20};  // at one view
};

struct Dependencies {
  engine::Port& engine;
  std::map<std::string, View, std::less<>> views;
  StreamSource& streams;
  FlowSource& flows;
  std::optional<Audit> audit = {};  // without it there is nothing under its addresses
  std::string
      digest_key;  // secret, the same in every gateway and for ever: command digests rest on it
  // That webhooks are signed with, by the names that routes give them.
  std::map<std::string, std::string, std::less<>> webhook_secrets = {};
  std::function<std::string()> incarnation;  // of the log; empty while it is unknown
  std::function<std::optional<std::string>()>
      not_ready;  // a sentence that says why not; absent when ready
  std::function<std::chrono::system_clock::time_point()> now;
  std::function<void(std::string&)> more_metrics;  // appends Prometheus text
  std::function<void(std::string_view)> log;
  LiveLimits live = {};
  Cors cors = {};  // for preflights; the server adds what every answer needs
};

class Api final : public Application {
 public:
  // Throws std::invalid_argument when a route needs a view that is not there, or two routes are the
  // same.
  Api(Dependencies dependencies, const Routes& routes);
  ~Api() override;

  void handle(const Request& request, Reply reply) override;
  std::unique_ptr<Lines> lines(const Request& head) override;

  // The API document, as /openapi.json gives it.
  const std::string& openapi() const;

 private:
  class Parts;
  std::unique_ptr<Parts> parts_;
};

}  // namespace http
