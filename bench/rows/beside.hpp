// What a row starts beside the deployment that it measures, and how the two are measured in turn.
#pragma once

#include <array>
#include <concepts>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "bench/load/load.hpp"
#include "gateways/cli/control.hpp"
#include "tests/e2e/deployment.hpp"
#include "tests/support/nats_server.hpp"

namespace rows {

// A program that serves until this is destroyed; what it prints goes to a file.
class Server {
 public:
  Server(const std::string& name, std::vector<std::string> command, std::filesystem::path log);
  ~Server();
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  std::string output() const;

 private:
  std::filesystem::path log_;
  pid_t process_;
};

// A server on bare Beast that gives this answer to whatever is asked. One thread, as ours.
class BareBeast {
 public:
  explicit BareBeast(const e2e::Answer& answer) : BareBeast{"http", answer, {}} {}
  ~BareBeast();
  BareBeast(const BareBeast&) = delete;
  BareBeast& operator=(const BareBeast&) = delete;

  std::uint16_t port() const { return port_; }

 protected:
  BareBeast(
      const std::string& ceiling, const e2e::Answer& answer, const std::vector<std::string>& more);

 private:
  std::uint16_t port_;
  pid_t process_;
};

// The same, but it answers when so many bytes for the request are on disk, on a nats-server set up
// as ours; requests that come meanwhile share the next message.
class BareGroupCommit : support::NatsServer, public BareBeast {
 public:
  BareGroupCommit(const e2e::Answer& answer, std::size_t bytes_each)
      : BareBeast{"commit", answer, {as("engine").url, std::to_string(bytes_each)}} {}
};
// What a new stock item takes in the log of `ours` under so many clients.
std::size_t bytes_each(const e2e::Deployment& ours, int clients);

// The last line that a program prints, which is JSON. Throws std::runtime_error with what it says
// instead.
nlohmann::json last_line(const std::vector<std::string>& command);
// The same of a program of bench/ceilings.
nlohmann::json run_ceiling(const std::string& name, const std::vector<std::string>& arguments);

// Makes so many stock items; when it returns the view of them has all that was ever written. Their
// ids.
std::vector<std::string> make_items(const e2e::Deployment& ours, int count);

// As who may ask it everything.
cli::Operator operator_of(const e2e::Deployment& ours);

// What is told of the generation of the view "stock" that plays this part, such as "live".
nlohmann::json stock_view(const e2e::Deployment& ours, std::string_view role);

// Fills its log with new stock items for that long; when it returns the view of them has all.
void fill(const e2e::Deployment& ours, std::chrono::milliseconds time);

// The stream of the log, as the server tells of it.
struct LogState {
  std::uint64_t blocks = 0;
  std::uint64_t bytes = 0;
};
LogState log_state(const e2e::Deployment& ours);
// Of the blocks between two looks, how long one is.
std::size_t block_bytes(const LogState& before, const LogState& after);

// What each of its processes has in memory, by their verbs.
struct Memory {
  std::string name;
  double mebibytes = 0;  // resident
};
std::vector<Memory> memory_of(const e2e::Deployment& ours);

// Whatever else the machine does disturbs both alike when they take turns, and short ones.
inline constexpr int turns = 4;
template <std::invocable... Each>
void in_turn(const Each&... each) {
  for (int i = 0; i < turns; ++i) (each(), ...);
}

// The same plan and script against several servers, by their ports.
template <std::same_as<std::uint16_t>... Ports>
std::array<load::Measured, sizeof...(Ports)> in_turn(
    load::Plan plan, load::Script& script, Ports... ports) {
  std::array<load::Measured, sizeof...(Ports)> measured;
  in_turn([&] {
    std::size_t at = 0;
    for (const auto port : {ports...}) {
      plan.port = port;
      measured[at++].merge(load::run(plan, script));
    }
  });
  return measured;
}

// The middle one; of what a disturbance makes many times as large a mean would tell nothing.
double median(std::vector<double> figures);
double milliseconds(load::Nanoseconds time);
// "p50 1.20 ms, p99 4.00 ms"
std::string latencies(const load::Histogram& histogram);

}  // namespace rows
