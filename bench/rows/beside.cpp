#include "bench/rows/beside.hpp"

#include <fmt/format.h>

#include <filesystem>
#include <stdexcept>

#include "gateways/cli/control.hpp"

namespace rows {
namespace {

std::string ceiling_path(const std::string& name) {
  return (std::filesystem::path{CONSTRUCT_CEILINGS} / ("ceiling_" + name)).string();
}

}  // namespace

BareBeast::BareBeast(const e2e::Answer& answer)
    : port_{cli::free_port()},
      process_{cli::start(
          {"bare Beast",
           {ceiling_path("http"),
            std::to_string(port_),
            std::to_string(answer.status),
            answer.body},
           {}})} {
  if (!support::eventually([&] { return e2e::Client{port_}.get("/").status != 0; }))
    throw std::runtime_error("bare Beast does not answer; build ceiling_http anew");
}

BareBeast::~BareBeast() { cli::stop(process_, std::chrono::milliseconds{0}); }

nlohmann::json run_ceiling(const std::string& name, const std::vector<std::string>& arguments) {
  std::vector<std::string> command{ceiling_path(name)};
  command.insert(command.end(), arguments.begin(), arguments.end());
  const auto said = cli::output_of(command);
  auto read = nlohmann::json::parse(said, nullptr, false);
  if (!read.is_object()) throw std::runtime_error(said);
  return read;
}

LogState log_state(const e2e::Deployment& ours) {
  cli::Config config;
  config.data = ours.data();
  const auto info = nlohmann::json::parse(
      cli::Operator{config}.connection().request("$JS.API.STREAM.INFO.EVENTS", ""));
  return {info.at("state").at("messages"), info.at("state").at("bytes")};
}

std::size_t block_bytes(const LogState& before, const LogState& after) {
  const auto blocks = after.blocks - before.blocks;
  if (blocks == 0) throw std::runtime_error("nothing was written; see what the server says");
  return (after.bytes - before.bytes) / blocks;
}

std::pair<load::Measured, load::Measured> in_turn(
    load::Plan plan, load::Script& script, std::uint16_t ours, std::uint16_t that) {
  std::pair<load::Measured, load::Measured> measured;
  const auto run = [&](std::uint16_t port, load::Measured& into) {
    plan.port = port;
    into.merge(load::run(plan, script));
  };
  in_turn([&] { run(ours, measured.first); }, [&] { run(that, measured.second); });
  return measured;
}

double milliseconds(load::Nanoseconds time) {
  return std::chrono::duration<double, std::milli>{time}.count();
}

std::string latencies(const load::Histogram& histogram) {
  return fmt::format(
      "p50 {:.2f} ms, p99 {:.2f} ms",
      milliseconds(histogram.quantile(0.5)),
      milliseconds(histogram.quantile(0.99)));
}

}  // namespace rows
