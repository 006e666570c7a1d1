// All commands to one aggregate, against as many spread over a thousand: what a hot key costs.

#include "bench/rows/beside.hpp"
#include "bench/rows/row.hpp"
#include "bench/rows/scripts.hpp"

namespace rows {

std::vector<Result> hot(const Say& say) {
  e2e::Deployment ours;
  ours.start();
  const auto ids = make_items(ours, 1'000);
  ReceiveStock one{[&](auto) { return ids.front(); }};
  ReceiveStock many{[&](auto number) { return ids[number % ids.size()]; }};
  load::Measured hot, spread;
  say("64 clients on one item, and on a thousand, in turn");
  const load::Plan plan{.port = ours.port(), .connections = 64};
  in_turn([&] { hot.merge(load::run(plan, one)); }, [&] { spread.merge(load::run(plan, many)); });
  return {
      {.name = "hot",
       .what = "durable commands on one aggregate, 64 clients",
       .against = "on a thousand",
       .ours = hot.per_second(),
       .ceiling = spread.per_second(),
       .note = latencies(hot.latency)}};
}

}  // namespace rows
