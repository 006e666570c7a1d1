// One command after the other: the time from the request to the answer that it is on disk, against
// a publish of a message as long as its block, and its fsync, on a nats-server set up alike; and
// against the same publish behind bare Beast, which is what HTTP alone adds to it.

#include "bench/rows/beside.hpp"
#include "bench/rows/row.hpp"
#include "bench/rows/scripts.hpp"

namespace rows {

std::vector<Result> lone(const Say& say) {
  e2e::Deployment ours;
  ours.start();
  const support::NatsServer raw;
  const BareGroupCommit bare{
      e2e::Client{ours.port()}.post(
          "/commands/inventory/CreateStockItem", stock_item("the-answer")),
      bytes_each(ours, 1)};
  CreateItems script;
  load::Histogram all;
  std::vector<double> commands, bares, publishes;  // the p50 of each turn
  std::size_t bytes = 0;
  say("one client, one of bare Beast with the log, and one publisher, in turn");
  const load::Plan plan{.port = ours.port()};
  in_turn(
      [&] {
        const auto before = log_state(ours);
        const auto measured = load::run(plan, script);
        bytes = block_bytes(before, log_state(ours));
        commands.push_back(milliseconds(measured.latency.quantile(0.5)));
        all.merge(measured.latency);
      },
      [&] {
        const auto measured = load::run({.port = bare.port()}, script);
        bares.push_back(milliseconds(measured.latency.quantile(0.5)));
      },
      [&] {
        const auto said = run_ceiling(
            "publish",
            {raw.as("engine").url, std::to_string(bytes), std::to_string(plan.time.count())});
        publishes.push_back(said.at("p50_ms"));
      });
  return {
      {.name = "lone",
       .what = "a lone command to its durable answer, p50",
       .unit = report::Unit::milliseconds,
       .against = "raw fsynced publish",
       .ours = median(commands),
       .ceiling = median(publishes),
       .goals = {report::ratio_at_most(1.5)},
       .note = fmt::format("{}; its block has {} bytes", latencies(all), bytes)},
      {.name = "lone-log",
       .what = "a lone command to its durable answer, p50",
       .unit = report::Unit::milliseconds,
       .against = "bare Beast, POST and fsync",
       .ours = median(commands),
       .ceiling = median(bares)}};
}

}  // namespace rows
