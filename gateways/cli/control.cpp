#include "gateways/cli/control.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <condition_variable>
#include <mutex>
#include <nlohmann/json.hpp>
#include <stdexcept>

#include "gateways/cli/data_folder.hpp"

namespace cli {
namespace {

using nlohmann::json;

constexpr int connect_patience_ms = 2'000;

std::string subject_of(const std::string& question) { return "construct.control." + question; }

nats::Address address_of(const Config& config) {
  if (!config.nats_url.empty()) return {config.nats_url};
  const Folders folders{config.data};
  const auto url = read_file(folders.operator_address());
  if (url.empty())
    throw std::runtime_error(fmt::format(
        "nothing runs on the data folder {}; name the right one with --data, or start it with "
        "`construct up`",
        config.data.string()));
  return {url};
}

}  // namespace

std::unique_ptr<nats::Connection::Listening> answer(
    nats::Connection& connection,
    const std::string& question,
    std::function<json(const json& request)> handle) {
  return connection.serve(
      subject_of(question),
      [handle = std::move(handle)](std::string_view data, const nats::Connection::Answer& answer) {
        const auto request = json::parse(data, nullptr, false);
        try {
          answer(handle(request).dump());
        } catch (const std::exception& error) {
          answer(json{{"error", error.what()}}.dump());
        }
      });
}

std::unique_ptr<nats::Connection::Listening> report(
    nats::Connection& connection, std::function<std::vector<Part>()> parts) {
  return answer(connection, "status", [parts = std::move(parts)](const json&) {
    json lines = json::array();
    for (const auto& part : parts())
      lines.push_back({{"name", part.name}, {"folded", part.folded}, {"state", part.state}});
    return json{{"pid", ::getpid()}, {"version", CONSTRUCT_VERSION}, {"parts", std::move(lines)}};
  });
}

Operator::Operator(const Config& config)
    : connection_{address_of(config), "construct operator", connect_patience_ms} {}

std::vector<json> Operator::ask(
    const std::string& question,
    const json& request,
    std::size_t most,
    std::chrono::milliseconds time) {
  std::mutex mutex;
  std::condition_variable come;
  std::vector<std::string> answers;
  bool nobody = false;
  const auto inbox = connection_.fresh_inbox();
  const auto listening = connection_.subscribe(inbox, [&](auto, auto data) {
    const std::lock_guard lock{mutex};
    if (data.empty())
      nobody = true;
    else
      answers.emplace_back(data);
    come.notify_one();
  });
  connection_.ask(subject_of(question), inbox, request.dump());
  std::unique_lock lock{mutex};
  come.wait_for(lock, time, [&] { return nobody || answers.size() >= most; });
  if (answers.empty())
    throw std::runtime_error(
        "no process answers; see whether they run (`construct up` tells what it starts)");
  std::vector<json> read;
  for (const auto& answer : answers) {
    read.push_back(json::parse(answer));
    if (const auto error = read.back().find("error"); error != read.back().end())
      throw std::runtime_error(error->get<std::string>());
  }
  return read;
}

}  // namespace cli
