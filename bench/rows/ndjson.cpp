// Many commands in one request, against as many clients with one each as are fastest.

#include "bench/rows/beside.hpp"
#include "bench/rows/row.hpp"
#include "bench/rows/scripts.hpp"

namespace rows {
namespace {

constexpr int connections = 4;

}  // namespace

std::vector<Result> ndjson(const Say& say) {
  e2e::Deployment ours;
  ours.start();
  load::Measured bulk, single;
  CreateItemsInBulk many;
  CreateItems one;
  say("ours in bulk and with 256 clients, in turn");
  in_turn(
      [&] { bulk.merge(load::run({.port = ours.port(), .connections = connections}, many)); },
      [&] { single.merge(load::run({.port = ours.port(), .connections = 256}, one)); });
  return {
      {.name = "ndjson",
       .what = fmt::format("durable commands, NDJSON, {} connections", connections),
       .against = "256 clients, one each",
       .ours = bulk.per_second(),
       .ceiling = single.per_second(),
       .goals = {report::ratio_at_least(3)},
       .note = fmt::format("{} lines a request", InBulk::lines)}};
}

}  // namespace rows
