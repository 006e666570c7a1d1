// What an operator asks of running processes, and how they are asked: JSON over NATS, on subjects
// that only the operator's user may publish to.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "gateways/cli/config.hpp"
#include "gateways/nats/connection.hpp"

namespace cli {

// In a process: answers one kind of question until the result is destroyed. What `handle` throws is
// told as the reason; it runs on a thread of the client library and may take some seconds.
[[nodiscard]] std::unique_ptr<nats::Connection::Listening> answer(
    nats::Connection& connection,
    const std::string& question,
    std::function<nlohmann::json(const nlohmann::json& request)> handle);

// One line of `construct status`.
struct Part {
  std::string name;
  std::uint64_t folded = 0;  // commits; 0 for what is no fold
  std::string state;         // a few words
};
[[nodiscard]] std::unique_ptr<nats::Connection::Listening> report(
    nats::Connection& connection, std::function<std::vector<Part>()> parts);

// The other end. One thread.
class Operator {
 public:
  // Throws std::runtime_error with a sentence when nothing runs on the data folder.
  explicit Operator(const Config& config);

  // The answers of all processes that know the question, until there are `most` or the time is
  // over. One that could not do it makes this throw its reason.
  std::vector<nlohmann::json> ask(
      const std::string& question,
      const nlohmann::json& request,
      std::size_t most,
      std::chrono::milliseconds time);

  nats::Connection& connection() { return connection_; }

 private:
  nats::Connection connection_;
};

}  // namespace cli
