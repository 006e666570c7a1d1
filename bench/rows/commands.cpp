// Durable commands over HTTP, a new aggregate each, against bare Beast that answers the same bytes
// to the same requests; and how long the slowest of a hundred takes.

#include "bench/rows/beside.hpp"
#include "bench/rows/row.hpp"
#include "bench/rows/scripts.hpp"

namespace rows {

std::vector<Result> commands(const Say& say) {
  e2e::Deployment ours;
  ours.start();
  const BareBeast beast{e2e::Client{ours.port()}.post(
      "/commands/inventory/CreateStockItem", stock_item("the-answer"))};
  std::vector<Result> results;
  CreateItems script;
  for (const int clients : {16, 64, 256}) {
    say(fmt::format("{} clients, ours and bare Beast in turn", clients));
    const auto [us, that] = in_turn({.connections = clients}, script, ours.port(), beast.port());
    results.push_back(
        {.name = fmt::format("commands-{}", clients),
         .what = fmt::format("durable commands, {} clients", clients),
         .against = "bare Beast, same POST",
         .ours = us.per_second(),
         .ceiling = that.per_second(),
         .note = latencies(us.latency)});
    if (clients == 256) results.back().goals = {report::ratio_at_least(0.5)};
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
