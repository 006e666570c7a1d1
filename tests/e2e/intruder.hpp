// Somebody who has got hold of the engine's password, and with it may write to the log's stream.
#pragma once

#include <filesystem>
#include <stdexcept>
#include <string>

#include "gateways/cli/data_folder.hpp"
#include "gateways/nats/stream.hpp"

namespace e2e {

// What stands between two texts, of which both are there.
inline std::string between(
    const std::string& text, const std::string& before, const std::string& after) {
  const auto begin = text.find(before);
  if (begin == std::string::npos) throw std::runtime_error("there is no " + before);
  const auto from = begin + before.size();
  return text.substr(from, text.find(after, from) - from);
}

inline nats::Address engine_address(const std::filesystem::path& data) {
  const auto text = cli::read_file(data / "run" / "nats-server.conf");
  return {
      "nats://engine:" + between(text, "user: engine, password: \"", "\"") + '@' +
      between(text, "\nlisten: \"", "\"")};
}

// Puts a message into the stream wherever its end is. Throws when the server does not take it.
inline void put_into_log(const std::filesystem::path& data, const std::string& message) {
  nats::Connection connection{engine_address(data), "intruder"};
  const auto answer = connection.request(nats::stream_subject, message);
  if (answer.find("\"seq\"") == std::string::npos) throw std::runtime_error(answer);
}

}  // namespace e2e
