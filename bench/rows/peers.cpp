// Durable commands over HTTP against other event stores doing the same work: one small event to a
// new stream, on the condition that it is new, each store at the number of clients that suits it
// best. Theirs are called from a program beside them, without HTTP in between. How far bare Beast
// and the log alone would come tells what there is to win.

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <optional>

#include "bench/rows/beside.hpp"
#include "bench/rows/row.hpp"
#include "bench/rows/scripts.hpp"

namespace rows {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view measured_seconds = "4";

// Where the peers were set up; they are made there by `./dev bench`.
fs::path folder_of(const char* variable) {
  const char* folder = std::getenv(variable);
  if (!folder || !fs::exists(folder))
    throw std::runtime_error("it is not set up here; see what `./dev bench` said");
  return folder;
}

class PostgreSql {
 public:
  PostgreSql()
      : peers_{folder_of("CONSTRUCT_PEERS")},
        server_{
            "PostgreSQL",
            {"/bin/bash",
             (peers_ / "postgresql.sh").string(),
             folder_.path().string(),
             std::to_string(port_)},
            folder_.path() / "log"} {
    if (!support::eventually([&] { return fs::exists(folder_.path() / "ready"); }))
      throw std::runtime_error("PostgreSQL does not start; it said: " + server_.output());
  }

  double measure(const std::string& program, const std::string& database, int clients) const {
    const auto url = fmt::format("postgresql://postgres@127.0.0.1:{}/{}", port_, database);
    return last_line({"/usr/bin/env",
                      "node",
                      (peers_ / program).string(),
                      url,
                      std::to_string(clients),
                      std::string{measured_seconds}})
        .at("per_second");
  }

 private:
  fs::path peers_;
  support::TemporaryFolder folder_;
  std::uint16_t port_ = cli::free_port();
  Server server_;
};

class UmaDb {
 public:
  double measure(int clients) const {
    return last_line({program_,
                      "append",
                      "http://" + address_,
                      std::to_string(clients),
                      std::string{measured_seconds}})
        .at("per_second");
  }

 private:
  std::string program_ = folder_of("CONSTRUCT_UMADB").string();
  support::TemporaryFolder folder_;
  std::string address_ = fmt::format("127.0.0.1:{}", cli::free_port());
  Server server_{
      "UmaDB",
      {program_, "serve", "--listen", address_, "--db-path", folder_.path().string()},
      folder_.path() / "log"};
};

// A peer, and how fast it was.
struct Peer {
  std::string name;
  std::function<double(int clients)> measure;
  std::string why_not = {};  // it could not be measured
  double best = 0;
  int best_clients = 0;

  void run(int clients, const Say& say) {
    if (!why_not.empty()) return;
    say(fmt::format("{}, {} clients", name, clients));
    try {
      const auto rate = measure(clients);
      if (rate <= best) return;
      best = rate;
      best_clients = clients;
    } catch (const std::exception& error) {
      why_not = error.what();
    }
  }
  std::string tell() const {
    if (!why_not.empty()) return fmt::format("{} not measured: {}", name, why_not);
    return fmt::format("{} {:.0f}/s with {} clients", name, best, best_clients);
  }
};

// Started when it is first needed, so that why it cannot be is told by those that need it.
template <class Started>
auto when_needed() {
  return [started = std::make_shared<std::optional<Started>>()]() -> Started& {
    if (!*started) started->emplace();
    return **started;
  };
}

std::vector<Peer> all_peers() {
  const auto postgresql = when_needed<PostgreSql>();
  const auto umadb = when_needed<UmaDb>();
  return {
      {"Emmett on PostgreSQL",
       [=](int clients) { return postgresql().measure("emmett.mjs", "emmett", clients); }},
      {"Message DB",
       [=](int clients) {
         return postgresql().measure("message_db.mjs", "message_store", clients);
       }},
      {"UmaDB", [=](int clients) { return umadb().measure(clients); }}};
}

Result against(const Peer& peer, const std::string& name, std::string_view what, double ours) {
  return {
      .name = name,
      .what = std::string{what},
      .against = peer.name,
      .ours = ours,
      .ceiling = peer.why_not.empty() ? std::optional{peer.best} : std::nullopt};
}

}  // namespace

std::vector<Result> peers(const Say& say) {
  e2e::Deployment ours;
  ours.start();
  auto peers = all_peers();
  CreateItems script;
  constexpr std::array<std::pair<int, double>, 3> goals{{{16, 6}, {64, 12}, {256, 15}}};
  constexpr std::array their_clients{1, 16, 64};
  const BareGroupCommit bare{
      e2e::Client{ours.port()}.post(
          "/commands/inventory/CreateStockItem", stock_item("the-answer")),
      bytes_each(ours, 64)};
  std::vector<double> rates, bare_rates;
  for (std::size_t i = 0; i < goals.size(); ++i) {
    say(fmt::format("ours, and bare Beast with the log, {} clients", goals[i].first));
    const load::Plan plan{.port = ours.port(), .connections = goals[i].first};
    const auto [us, that] = in_turn(plan, script, ours.port(), bare.port());
    rates.push_back(us.per_second());
    bare_rates.push_back(that.per_second());
    for (auto& peer : peers) peer.run(their_clients[i], say);
  }
  const auto& better = peers[0].best > peers[1].best ? peers[0] : peers[1];
  std::vector<Result> results;
  for (std::size_t i = 0; i < goals.size(); ++i) {
    const auto [clients, goal] = goals[i];
    const auto name = fmt::format("peers-{}", clients);
    const auto what = fmt::format("durable commands, {} clients", clients);
    results.push_back(against(better, name, what, rates[i]));
    results.back().goals = {report::ratio_at_least(goal)};
    results.push_back(
        against(better, name + "-bare", "bare Beast and the log: " + what, bare_rates[i]));
  }
  results.front().note = peers[0].tell() + "; " + peers[1].tell();
  results.push_back(against(peers[2], "umadb-64", "durable commands, 64 clients", rates[1]));
  results.back().note = peers[2].tell();
  return results;
}

}  // namespace rows
