// Durable commands over HTTP, a new aggregate each, against bare Beast that answers the same bytes
// to the same requests, at once and when as much as a commit is on disk; and how long the slowest
// of a hundred takes.

#include "bench/rows/beside.hpp"
#include "bench/rows/row.hpp"
#include "bench/rows/scripts.hpp"

namespace rows {

std::vector<Result> commands(const Say& say) {
  e2e::Deployment ours;
  ours.start();
  const auto answer = e2e::Client{ours.port()}.post(
      "/commands/inventory/CreateStockItem", stock_item("the-answer"));
  const BareBeast beast{answer};
  const BareGroupCommit durable{answer, bytes_each(ours, 64)};
  std::vector<Result> results;
  CreateItems script;
  for (const int clients : {16, 64, 256}) {
    say(fmt::format("{} clients: ours, bare Beast, bare Beast with the log, in turn", clients));
    const auto [us, that, floor] =
        in_turn({.connections = clients}, script, ours.port(), beast.port(), durable.port());
    results.push_back(
        {.name = fmt::format("commands-{}", clients),
         .what = fmt::format("durable commands, {} clients", clients),
         .against = "bare Beast, same POST",
         .ours = us.per_second(),
         .ceiling = that.per_second(),
         .note = latencies(us.latency)});
    if (clients == 256) results.back().goals = {report::ratio_at_least(0.5)};
    results.push_back(
        {.name = fmt::format("commands-{}-log", clients),
         .what = fmt::format("durable commands, {} clients", clients),
         .against = "bare Beast, POST and fsync",
         .ours = us.per_second(),
         .ceiling = floor.per_second(),
         .note = "that: " + latencies(floor.latency)});
    if (clients == 64)
      results.push_back(
          {.name = "commands-64-p99",
           .what = "p99 of a command, 64 clients",
           .unit = report::Unit::milliseconds,
           .ours = milliseconds(us.latency.quantile(0.99)),
           .goals = {report::ours_at_most(10)}});
  }
  return results;
}

}  // namespace rows
