// A log of a million aggregates and five million facts, and the same load on it as on an empty one;
// and what it takes: memory, disk, the time to start again and to seed a standby.

#include <fmt/format.h>

#include <filesystem>

#include "bench/rows/beside.hpp"
#include "bench/rows/replay.hpp"
#include "bench/rows/row.hpp"
#include "bench/rows/scripts.hpp"

namespace rows {
namespace {

namespace fs = std::filesystem;
using report::Unit;
using Clock = std::chrono::steady_clock;
using Seconds = std::chrono::duration<double>;

constexpr std::uint64_t aggregates = 1'000'000;
// With the fact that a first delivery replenishes the item, five facts each.
constexpr std::uint64_t commands_each = 4;
constexpr load::Plan same_load{.connections = 64, .time = std::chrono::seconds{8}};
constexpr load::Plan filling{.connections = 4, .warm_up = {}, .time = std::chrono::seconds{10}};

// Items, each made and then given stock some times.
class Fill final : public InBulk {
 public:
  std::string id(std::uint64_t item) const { return fmt::format("{}-{}", prefix(), item); }

 private:
  void line(std::uint64_t number, std::string& out) override {
    const auto item = id(number / commands_each);
    if (number % commands_each == 0)
      write_line(out, "CreateStockItem", item, stock_item(item));
    else
      write_line(out, "ReceiveStock", fmt::format("{}-{}", item, number), received_stock(item));
  }
};

template <class Work>
Seconds time(const Work& work) {
  const auto begin = Clock::now();
  work();
  return Clock::now() - begin;
}

double bytes_below(const fs::path& folder) {
  double bytes = 0;
  for (const auto& entry : fs::recursive_directory_iterator{folder})
    if (entry.is_regular_file() && !entry.is_symlink())
      bytes += static_cast<double>(entry.file_size());
  return bytes;
}

Result memory(const e2e::Deployment& ours) {
  double all = 0;
  std::string each;
  for (const auto& [name, mebibytes] : memory_of(ours)) {
    all += mebibytes;
    each += fmt::format("{}{} {:.0f} MiB", each.empty() ? "" : ", ", name, mebibytes);
  }
  return {
      .name = "scale-memory",
      .what = "memory of all processes, 5 M facts",
      .unit = Unit::mebibytes,
      .ours = all,
      .note = each};
}

Result plain(std::string name, std::string what, Unit unit, double ours) {
  return {.name = std::move(name), .what = std::move(what), .unit = unit, .ours = ours};
}

// The standby's store is gone, and so is the standby; it comes back with a copy of the leader's.
Seconds seed_standby(e2e::Deployment& both) {
  if (!support::eventually([&] { return both.leads(0) || both.leads(1); }))
    throw std::runtime_error("no engine leads; see what the server says");
  const std::size_t standby = both.leads(0) ? 1 : 0;
  const auto instance = std::to_string(standby + 1);
  return time([&] {
    fs::remove_all(both.data() / "folds" / ("streams-" + instance));
    both.kill_some("--instance " + instance);
    e2e::Client client{both.ports()[standby]};
    if (!support::eventually([&] { return client.get("/readyz").status != 200; }) ||
        !support::eventually([&] { return client.get("/readyz").status == 200; }))
      throw std::runtime_error("the standby does not come back; see what the server says");
  });
}

void fill_up(load::Plan plan, Fill& script, const Say& say) {
  while (script.asked() < aggregates * commands_each) {
    say(fmt::format("{} aggregates of {}", script.asked() / commands_each, aggregates));
    load::run(plan, script);
  }
}

}  // namespace

std::vector<Result> scale(const Say& say) {
  e2e::Deployment ours;
  ours.start();
  const auto on_ours = [&](load::Plan plan) {
    plan.port = ours.port();
    return plan;
  };
  CreateItems create;
  say("64 clients on an empty log");
  const auto before = load::run(on_ours(same_load), create);
  Fill fill;
  fill_up(on_ours(filling), fill, say);
  make_items(ours, 1);
  say(fmt::format("64 clients on a log of {} facts", stock_view(ours, "live").at("facts").dump()));
  const auto after = load::run(on_ours(same_load), create);
  say("64 clients, on all aggregates in turn");
  constexpr std::uint64_t stride = 7'919;  // a prime, so that all are met, far from one another
  ReceiveStock receive{[&](auto number) { return fill.id(number * stride % aggregates); }};
  const auto cold = load::run(on_ours(same_load), receive);
  make_items(ours, 1);
  const auto facts = stock_view(ours, "live").at("facts").get<double>();
  std::vector<Result> results{
      {.name = "scale",
       .what = "durable commands, 64 clients, 1 M aggregates, 5 M facts",
       .against = "the same, empty log",
       .ours = after.per_second(),
       .ceiling = before.per_second(),
       .goals = {report::ratio_at_least(0.8)},
       .note = latencies(after.latency)},
      {.name = "scale-p99",
       .what = "p99 of a command, 64 clients, 5 M facts",
       .unit = Unit::milliseconds,
       .against = "the same, empty log",
       .ours = milliseconds(after.latency.quantile(0.99)),
       .ceiling = milliseconds(before.latency.quantile(0.99))},
      {.name = "scale-cold",
       .what = "durable commands, 64 clients, on a million aggregates in turn",
       .against = "on new ones, same log",
       .ours = cold.per_second(),
       .ceiling = after.per_second(),
       .note = latencies(cold.latency)},
      memory(ours),
      plain(
          "scale-log",
          "disk for a fact, log",
          Unit::bytes,
          bytes_below(ours.data() / "log") / facts),
      plain(
          "scale-folds",
          "disk for a fact, folds",
          Unit::bytes,
          bytes_below(ours.data() / "folds") / facts)};
  auto& replayed = results.emplace_back(replay_of(ours, say));
  replayed.name = "scale-replay";
  replayed.what = "in-memory replay, facts, 5 M of 1 M aggregates";
  replayed.goals = {report::ratio_at_least(0.6), report::ours_at_least(1'000'000)};
  say("starting again");
  ours.terminate();
  results.push_back(
      plain("scale-restart", "from start to ready, 5 M facts", Unit::seconds, time([&] {
                                                                                ours.start();
                                                                              }).count()));
  ours.kill_everything();
  results.push_back(plain(
      "scale-crash", "from start to ready after kill -9, 5 M facts", Unit::seconds, time([&] {
                                                                                      ours.start();
                                                                                    }).count()));
  say("seeding a standby");
  ours.terminate();
  e2e::Deployment both{{"--empty"}, 2};
  fs::rename(ours.data(), both.data());
  fs::copy(
      both.data() / "folds" / "streams-1",
      both.data() / "folds" / "streams-2",
      fs::copy_options::recursive);
  both.start();
  results.push_back(plain(
      "scale-standby",
      "a standby without a store, to ready, 5 M facts",
      Unit::seconds,
      seed_standby(both).count()));
  return results;
}

}  // namespace rows
