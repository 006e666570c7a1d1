// What a process was told: flags over environment over construct.json over defaults. An unknown key
// is an error.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

namespace cli {

struct Config {
  std::uint16_t port = 8080;            // of the HTTP gateway
  std::string host = "127.0.0.1";       // the address it listens on
  std::filesystem::path data = "data";  // the folder that holds everything
  std::filesystem::path nats_server;    // the program; empty: look for it on the path
  std::string nats_url;                 // of a process that `up` did not start
  std::string instance = "1";           // tells engines and gateways on one data folder apart
  unsigned engines = 1;                 // how many `up` starts, each with a gateway
  unsigned flows = 1, effects = 1;      // how many processes of them `up` starts
  bool apart = false;                   // `up` gives each fold a process of its own
  unsigned cluster = 1;                 // how many nats-servers keep the log: 1 or 3
  std::uint16_t vitals_port = 0;  // of a process without a gateway, for /metrics; 0: any free one
  unsigned http_threads = 1;
  // Whose pages may call the gateway from a browser; absent: not said.
  std::optional<std::string> cors_origins;
  std::string audit_name = "localhost";    // what the origin of checkpoints begins with
  std::uint32_t audit_interval_ms = 1000;  // between two checkpoints
  std::filesystem::path policy;            // of `audit`: its witnesses; of `witness`: its logs
  std::string witness_name = "localhost/witness";
  std::uint32_t feed_days = 0;  // how long facts are kept for other systems; 0: none are published
  bool no_audit = false;        // `up` keeps no audit tree
  bool json_log = false;        // --log json
  bool empty = false;           // load no demo
  bool no_simulator = false;
  std::string payment_gateway;           // its base address; empty: there is none
  std::string payment_secret;            // that its webhooks are signed with
  std::uint32_t payment_timeout_ms = 0;  // 0: not said
  std::string webhook_url;               // of a simulator: where it posts; empty: nowhere
  std::uint16_t simulator_port = 0;      // 0: any free one

  std::chrono::milliseconds payment_time_out() const {
    return std::chrono::milliseconds{payment_timeout_ms == 0 ? 30'000 : payment_timeout_ms};
  }
};

// The user asked for something that does not exist or cannot be; a sentence that says what to do.
struct UsageError : std::runtime_error {
  using std::runtime_error::runtime_error;
};

struct Invocation {
  std::vector<std::string> verbs;  // those that share this process
  Config config;
  bool help = false;
};

// Reads the command line, CONSTRUCT_<KEY> from the environment and construct.json in the working
// folder (or the file that --config names). Throws UsageError.
Invocation parse(int argc, char** argv);

// The list of keys, for `construct help`.
std::string describe_keys();

}  // namespace cli
