// GET of a row, among a thousand that are read in turn, against bare Beast that answers the same
// bytes.

#include "bench/rows/beside.hpp"
#include "bench/rows/row.hpp"
#include "bench/rows/scripts.hpp"

namespace rows {
namespace {

constexpr int items = 1'000;

// Makes the items; when it returns they are rows of the view.
std::vector<std::string> make_items(std::uint16_t port) {
  e2e::Client client{port};
  std::vector<std::string> ids;
  std::string position;
  for (int i = 0; i < items; ++i) {
    ids.push_back(fmt::format("item-{}", i));
    position = client.post("/commands/inventory/CreateStockItem", stock_item(ids.back()))
                   .headers.at("construct-position");
  }
  client.get("/inventory/" + ids.back(), {{"Construct-Min-Position", position}});
  return ids;
}

}  // namespace

std::vector<Result> get(const Say& say) {
  e2e::Deployment ours;
  ours.start();
  const auto ids = make_items(ours.port());
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
