// ceiling_commit PORT STATUS BODY URL BYTES: bare Beast that answers a request when a message with
// BYTES for it is on disk in the log's stream; those that come while one message is under way share
// the next. The URL names the engine's user. What no server of durable commands over HTTP and this
// log goes beyond: it decides nothing, remembers nothing and shows nothing.

#include <fmt/format.h>

#include <cstdio>
#include <vector>

#include "bench/ceilings/acknowledgement.hpp"
#include "bench/ceilings/bare_beast.hpp"
#include "gateways/nats/connection.hpp"
#include "gateways/nats/stream.hpp"

namespace {

class GroupCommit {
 public:
  GroupCommit(const char* const* arguments)
      : bytes_each_{std::stoul(arguments[4])},
        server_{
            static_cast<std::uint16_t>(std::stoi(arguments[0])),
            static_cast<ceilings::http::status>(std::stoi(arguments[1])),
            arguments[2],
            [this](auto connection) { take(std::move(connection)); }},
        log_{{arguments[3]}, "ceiling"},
        acknowledged_to_{log_.fresh_inbox()},
        acknowledgements_{log_.subscribe(acknowledged_to_, [this](auto, std::string_view said) {
          ceilings::require_stored(said);
          ceilings::asio::post(server_.context, [this] { stored(); });
        })} {}

  void run() { server_.run(); }

 private:
  void take(std::shared_ptr<ceilings::Connection> connection) {
    gathering_.push_back(std::move(connection));
    if (under_way_.empty()) publish();
  }
  void publish() {
    under_way_.swap(gathering_);
    log_.ask(
        nats::stream_subject, acknowledged_to_, std::string(bytes_each_ * under_way_.size(), 'x'));
  }
  void stored() {
    const auto done = std::exchange(under_way_, {});
    if (!gathering_.empty()) publish();
    for (const auto& connection : done) connection->answer();
  }

  const std::size_t bytes_each_;
  std::vector<std::shared_ptr<ceilings::Connection>> gathering_, under_way_;
  ceilings::BareBeast server_;
  nats::Connection log_;
  const std::string acknowledged_to_;
  const std::unique_ptr<nats::Connection::Listening> acknowledgements_;
};

}  // namespace

int main(int argc, char** argv) {
  if (argc != 6) {
    std::fputs("usage: ceiling_commit PORT STATUS BODY URL BYTES\n", stderr);
    return 2;
  }
  try {
    GroupCommit{argv + 1}.run();
  } catch (const std::exception& error) {
    fmt::print(stderr, "ceiling_commit: {}\n", error.what());
    return 1;
  }
}
