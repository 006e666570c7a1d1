// GET of a row, among a thousand that are read in turn, against bare Beast that answers the same
// bytes.

#include "bench/rows/beside.hpp"
#include "bench/rows/row.hpp"
#include "bench/rows/scripts.hpp"

namespace rows {

std::vector<Result> get(const Say& say) {
  e2e::Deployment ours;
  ours.start();
  const auto ids = make_items(ours, 1'000);
  const BareBeast beast{e2e::Client{ours.port()}.get("/inventory/" + ids.back())};
  GetItems script{ids};
  say("64 clients, ours and bare Beast in turn");
  const auto [us, that] = in_turn({.connections = 64}, script, ours.port(), beast.port());
  return {
      {.name = "get",
       .what = "GET of a row, 64 clients",
       .against = "bare Beast, same GET",
       .ours = us.per_second(),
       .ceiling = that.per_second(),
       .goals = {report::ratio_at_least(0.7)},
       .note = latencies(us.latency)}};
}

}  // namespace rows
