// Durable commands where the log is on three nats-servers, each of which fsyncs every block before
// it is acknowledged, against one nats-server; all on one machine.

#include "bench/rows/beside.hpp"
#include "bench/rows/row.hpp"
#include "bench/rows/scripts.hpp"

namespace rows {

std::vector<Result> cluster(const Say& say) {
  say("starting three nodes, and one");
  e2e::Deployment three{{"--empty", "--cluster", "3"}}, one;
  three.start();
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
