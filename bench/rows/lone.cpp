// One command after the other: the time from the request to the answer that it is on disk, against
// a publish of a message as long as its block, and its fsync, on a nats-server set up alike.

#include "bench/rows/beside.hpp"
#include "bench/rows/row.hpp"
#include "bench/rows/scripts.hpp"

namespace rows {

std::vector<Result> lone(const Say& say) {
  e2e::Deployment ours;
  ours.start();
  const support::NatsServer raw;
  CreateItems script;
  load::Measured us;
  double publish_ms = 0;
  std::size_t bytes = 0;
  say("one client, and one publisher, in turn");
  in_turn(
      [&] {
        const auto before = log_state(ours);
        us.merge(load::run({.port = ours.port()}, script));
        bytes = block_bytes(before, log_state(ours));
      },
      [&] {
        const auto said =
            run_ceiling("publish", {raw.as("engine").url, std::to_string(bytes), "3"});
        publish_ms += said.at("p50_ms").get<double>() / turns;
      });
  return {
      {.name = "lone",
       .what = "a lone command to its durable answer, p50",
       .unit = report::Unit::milliseconds,
       .against = "raw fsynced publish",
       .ours = milliseconds(us.latency.quantile(0.5)),
       .ceiling = publish_ms,
       .goals = {report::ratio_at_most(1.5)},
       .note = fmt::format("{}; its block has {} bytes", latencies(us.latency), bytes)}};
}

}  // namespace rows
