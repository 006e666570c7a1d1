// Durable commands where the log is on three nats-servers, each of which fsyncs every block before
// it is acknowledged, against one nats-server; all on one machine. `construct up` runs one server,
// so the processes of a cluster are started here as a larger deployment would start them.

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <array>
#include <fstream>

#include "bench/rows/beside.hpp"
#include "bench/rows/row.hpp"
#include "bench/rows/scripts.hpp"
#include "gateways/cli/data_folder.hpp"
#include "gateways/cli/log_server.hpp"

namespace rows {
namespace {

constexpr std::size_t nodes = 3;

class Cluster {
 public:
  Cluster() {
    for (std::size_t i = 0; i < nodes; ++i) ports_[i] = cli::free_port();
    for (std::size_t i = 0; i < nodes; ++i) routes_[i] = cli::free_port();
    for (std::size_t i = 0; i < nodes; ++i) start_node(i);
    make_stream();
    cli::write_secret(cli::Folders{data()}.digest_key(), std::string(32, 'k'));
    for (const auto* verb : {"project", "flows", "effects"}) start(verb, {});
    start("engine", {"gateway", "--port", std::to_string(port_)});
    if (!support::eventually([&] { return e2e::Client{port_}.get("/readyz").status == 200; }))
      throw std::runtime_error("construct does not get ready; it said: " + last_words());
  }

  std::uint16_t port() const { return port_; }

 private:
  std::filesystem::path data() const { return folder_.path() / "data"; }
  std::string last_words() const { return processes_.back()->output(); }

  std::string url(const std::string& user) const {
    const auto& found = *std::ranges::find(users_, user, &nats::User::name);
    return fmt::format("nats://{}:{}@127.0.0.1:{}", user, found.password, ports_[0]);
  }

  void start_node(std::size_t node) {
    const auto name = fmt::format("node-{}", node);
    const auto config = folder_.path() / (name + ".conf");
    std::vector<std::string> routes;
    for (const auto route : routes_) routes.push_back(fmt::format("nats://127.0.0.1:{}", route));
    std::ofstream{config} << nats::to_text(
                                 {ports_[node],
                                  (folder_.path() / name).string(),
                                  (folder_.path() / (name + ".log")).string(),
                                  users_})
                          << fmt::format(
                                 "server_name: {}\n"
                                 "cluster {{ name: construct, host: 127.0.0.1, port: {}, "
                                 "routes: [{}] }}\n",
                                 name,
                                 routes_[node],
                                 fmt::join(routes, ", "));
    cli::Config where;
    if (const char* program = std::getenv("CONSTRUCT_NATS_SERVER")) where.nats_server = program;
    run(name, {cli::find_nats_server(where).string(), "--config", config.string()});
  }

  // As soon as the nodes have found one another and chosen who leads.
  void make_stream() {
    std::string why;
    const bool made = support::eventually([&] {
      try {
        nats::Connection connection{{url("operator")}, "bench"};
        nats::ensure_stream(connection, nodes);
        return true;
      } catch (const std::exception& error) {
        why = error.what();
        return false;
      }
    });
    if (!made) throw std::runtime_error(why + "; a node said: " + last_words());
  }

  void start(const std::string& verb, std::vector<std::string> more) {
    std::vector<std::string> command{CONSTRUCT_BINARY, verb};
    command.insert(command.end(), more.begin(), more.end());
    command.insert(command.end(), {"--data", data().string(), "--nats-url", url(verb)});
    run(verb, std::move(command));
  }

  void run(const std::string& name, std::vector<std::string> command) {
    processes_.push_back(
        std::make_unique<Server>(name, std::move(command), folder_.path() / (name + ".output")));
  }

  support::TemporaryFolder folder_;
  cli::DataFolder owned_{{data()}};
  std::vector<nats::User> users_ = nats::make_users();
  std::array<std::uint16_t, nodes> ports_{}, routes_{};
  std::uint16_t port_ = cli::free_port();
  std::vector<std::unique_ptr<Server>> processes_;
};

}  // namespace

std::vector<Result> cluster(const Say& say) {
  say("starting three nodes, and one");
  const Cluster three;
  e2e::Deployment one;
  one.start();
  CreateItems script;
  say("256 clients, on three nodes and on one in turn");
  const auto [us, that] = in_turn({.connections = 256}, script, three.port(), one.port());
  return {
      {.name = "cluster",
       .what = "durable commands, 256 clients, R3 with fsync on all",
       .against = "the same on one node",
       .ours = us.per_second(),
       .ceiling = that.per_second(),
       .goals = {report::ratio_at_least(0.5)},
       .note = latencies(us.latency)}};
}

}  // namespace rows
