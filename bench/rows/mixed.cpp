// Nine GETs of rows for each durable command, against bare Beast that answers the GET's bytes to
// all of them.

#include "bench/rows/beside.hpp"
#include "bench/rows/row.hpp"
#include "bench/rows/scripts.hpp"

namespace rows {
namespace {

class NineReadsEach final : public load::Script {
 public:
  explicit NineReadsEach(std::vector<std::string> ids) : read_{std::move(ids)} {}

  void request(std::string& out) override {
    if (number_++ % 10 == 0)
      write_.request(out);
    else
      read_.request(out);
  }

 private:
  GetItems read_;
  CreateItems write_;
  std::uint64_t number_ = 0;
};

}  // namespace

std::vector<Result> mixed(const Say& say) {
  e2e::Deployment ours;
  ours.start();
  const auto ids = make_items(ours, 1'000);
  const BareBeast beast{e2e::Client{ours.port()}.get("/inventory/" + ids.back())};
  NineReadsEach script{ids};
  say("64 clients, ours and bare Beast in turn");
  const auto [us, that] = in_turn({.connections = 64}, script, ours.port(), beast.port());
  return {
      {.name = "mixed",
       .what = "90% GETs, 10% durable commands, 64 clients",
       .against = "bare Beast, same requests",
       .ours = us.per_second(),
       .ceiling = that.per_second(),
       .note = latencies(us.latency)}};
}

}  // namespace rows
