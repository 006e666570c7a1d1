// What the roles of one process share: the verbs that run until they are told to stop.
#pragma once

#include <fmt/format.h>
#include <signal.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include "domain/fold/shared_log.hpp"
#include "domain/kernel/clock.hpp"
#include "gateways/cli/config.hpp"
#include "gateways/cli/console.hpp"
#include "gateways/cli/folders.hpp"
#include "gateways/http/vitals.hpp"
#include "gateways/nats/connection.hpp"
#include "gateways/nats/stream.hpp"
#include "gateways/rocks/database.hpp"

namespace cli {

inline constexpr std::chrono::seconds drain_time{10};

// The families of a fold's store, as whoever opens it names them.
template <class Families>
std::vector<std::string> names_of() {
  return {Families::names.begin(), Families::names.end()};
}

struct Process {
  const Config& config;
  Console console;
  Folders folders;
  nats::Connection connection;
  // The log as it is stored; and as all that fold it here follow it, at the cost of one.
  nats::Stream stream{connection, [this](const std::string& text) { tell(text, Level::alarm); }};
  fold::SharedLog log{stream};
  kernel::SystemClock clock{};
  http::Vitals vitals{};  // of a gateway's process its own /metrics tells
  const std::unique_ptr<http::Vitals::Saying> own_vitals{
      vitals.add({.metrics = [this] { return metrics(); }})};
  std::atomic<bool> failed{false};

  void tell(const std::string& sentence, Level level = Level::info) const {
    console.say(sentence, level);
  }

  // A store that was given up is empty, and will be folded afresh.
  void tell_of(const rocks::Database& store) const {
    if (const auto& why = store.given_up())
      tell(
          fmt::format("{} was damaged ({}) and is made again from the log", store.name(), *why),
          Level::alarm);
  }

  // Ends the process; from any thread.
  void fail(const std::string& sentence) {
    if (failed.exchange(true)) return;
    tell(sentence, Level::alarm);
    ::kill(::getpid(), SIGTERM);
  }

  // Tells those who follow the store that it has moved.
  void announce(const std::string& store) {
    try {
      connection.publish("construct.view." + store, "");
    } catch (const std::runtime_error&) {
      // The server is away; readers look by themselves every second.
    }
  }

  // What /metrics says of the process itself, beside what its roles say.
  std::string metrics() const;

  http::ServerOptions vitals_options() const {
    return {
        .address = "127.0.0.1", .port = config.vitals_port, .log = [this](std::string_view line) {
          console.say(line);
        }};
  }
};

}  // namespace cli
