#include "bench/rows/beside.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <stdexcept>

#include "bench/rows/scripts.hpp"
#include "gateways/cli/data_folder.hpp"

namespace rows {
namespace {

// "engine gateway" of ".../construct engine gateway --instance 1".
std::string name_of(pid_t process) {
  auto words = cli::read_file(fmt::format("/proc/{}/cmdline", process));
  std::ranges::replace(words, '\0', ' ');
  words = words.substr(0, words.find(" --"));
  const auto verbs = words.find(' ');
  return verbs == words.npos ? std::filesystem::path{words}.filename().string()
                             : words.substr(verbs + 1);
}

double resident_mebibytes(pid_t process) {
  std::ifstream file{fmt::format("/proc/{}/statm", process)};
  std::uint64_t size = 0, resident = 0;
  file >> size >> resident;
  return static_cast<double>(resident) * static_cast<double>(sysconf(_SC_PAGESIZE)) / (1 << 20);
}

}  // namespace

Server::Server(const std::string& name, std::vector<std::string> command, std::filesystem::path log)
    : log_{std::move(log)} {
  // A shell sends both streams to one file.
  command.insert(command.begin(), {"/bin/sh", "-c", "exec \"$@\" >\"$0\" 2>&1", log_.string()});
  process_ = cli::start({name, std::move(command), {}});
}

Server::~Server() { cli::stop(process_, std::chrono::seconds{10}); }

std::string Server::output() const { return cli::read_file(log_); }

BareBeast::BareBeast(
    const std::string& ceiling, const e2e::Answer& answer, const std::vector<std::string>& more)
    : port_{cli::free_port()} {
  std::vector<std::string> command{
      support::program("ceiling_" + ceiling),
      std::to_string(port_),
      std::to_string(answer.status),
      answer.body};
  command.insert(command.end(), more.begin(), more.end());
  process_ = cli::start({"bare Beast", command, {}});
  if (!support::eventually([&] { return e2e::Client{port_}.get("/").status != 0; }))
    throw std::runtime_error("bare Beast does not answer; build ceiling_" + ceiling + " anew");
}

BareBeast::~BareBeast() { cli::stop(process_, std::chrono::milliseconds{0}); }

nlohmann::json last_line(const std::vector<std::string>& command) {
  auto said = cli::output_of(command);
  while (said.ends_with('\n')) said.pop_back();
  auto read = nlohmann::json::parse(said.substr(said.rfind('\n') + 1), nullptr, false);
  if (!read.is_object()) throw std::runtime_error(said);
  return read;
}

nlohmann::json run_ceiling(const std::string& name, const std::vector<std::string>& arguments) {
  std::vector<std::string> command{support::program("ceiling_" + name)};
  command.insert(command.end(), arguments.begin(), arguments.end());
  return last_line(command);
}

std::vector<std::string> make_items(const e2e::Deployment& ours, int count) {
  e2e::Client client{ours.port()};
  std::vector<std::string> ids;
  std::string position;
  for (int i = 0; i < count; ++i) {
    ids.push_back(fmt::format("item-{}", i));
    position = client.post("/commands/inventory/CreateStockItem", stock_item(ids.back()))
                   .headers.at("construct-position");
  }
  const auto seen = client.get(
      "/inventory/" + ids.back(), {{"Construct-Min-Position", position}, {"Prefer", "wait=30"}});
  if (seen.status != 200)
    throw std::runtime_error("the view stock does not keep up; the server says: " + seen.body);
  return ids;
}

cli::Operator operator_of(const e2e::Deployment& ours) {
  cli::Config config;
  config.data = ours.data();
  return cli::Operator{config};
}

nlohmann::json stock_view(const e2e::Deployment& ours, std::string_view role) {
  const auto views =
      operator_of(ours).ask("view", {{"do", "list"}}, 1, support::patience).front().at("views");
  const auto found = std::ranges::find_if(
      views, [&](const auto& view) { return view["view"] == "stock" && view["role"] == role; });
  if (found == views.end()) throw std::runtime_error("the view stock is gone; see the server");
  return *found;
}

void fill(const e2e::Deployment& ours, std::chrono::milliseconds time) {
  CreateItemsInBulk script;
  load::run({.port = ours.port(), .connections = 4, .warm_up = {}, .time = time}, script);
  make_items(ours, 1);
}

LogState log_state(const e2e::Deployment& ours) {
  const auto info = nlohmann::json::parse(
      operator_of(ours).connection().request("$JS.API.STREAM.INFO.EVENTS", ""));
  return {info.at("state").at("messages"), info.at("state").at("bytes")};
}

std::size_t block_bytes(const LogState& before, const LogState& after) {
  const auto blocks = after.blocks - before.blocks;
  if (blocks == 0) throw std::runtime_error("nothing was written; see what the server says");
  return (after.bytes - before.bytes) / blocks;
}

double median(std::vector<double> figures) {
  std::ranges::sort(figures);
  const auto middle = figures.size() / 2;
  return figures.size() % 2 == 1 ? figures[middle] : (figures[middle - 1] + figures[middle]) / 2;
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

std::size_t bytes_each(const e2e::Deployment& ours, int clients) {
  CreateItems script;
  const auto before = log_state(ours);
  const auto measured =
      load::run({.port = ours.port(), .connections = clients, .warm_up = {}}, script);
  return (log_state(ours).bytes - before.bytes) / measured.confirmed;
}

std::vector<Memory> memory_of(const e2e::Deployment& ours) {
  std::vector<Memory> all;
  for (const auto process : ours.processes(""))
    all.push_back({name_of(process), resident_mebibytes(process)});
  return all;
}

}  // namespace rows
