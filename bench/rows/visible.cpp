// How long after the answer to a command a reader sees its effect, at half the load that can be
// carried: each fourth command is followed by a GET of its row, which names the command's position
// and so waits until the view has it.

#include <stdexcept>

#include "bench/rows/beside.hpp"
#include "bench/rows/row.hpp"
#include "bench/rows/scripts.hpp"

namespace rows {
namespace {

constexpr int clients = 64;
constexpr std::uint64_t followed = 4;

std::string_view between(std::string_view text, std::string_view before, std::string_view after) {
  const auto at = text.find(before);
  if (at == text.npos) throw std::runtime_error("an answer without " + std::string{before});
  const auto begin = at + before.size();
  return text.substr(begin, text.find(after, begin) - begin);
}

class CreateAndLook final : public CreateItems {
 public:
  void follow(const load::Answer& answer, std::string& out) override {
    if (answered_++ % followed != 0) return;
    load::write_get(
        out,
        fmt::format("/inventory/{}", between(answer.body(), "inventory/StockItem/", "\"")),
        fmt::format(
            "Construct-Min-Position: {}\r\n", between(answer.body(), "\"position\":\"", "\"")));
  }

 private:
  std::uint64_t answered_ = 0;
};

}  // namespace

std::vector<Result> visible(const Say& say) {
  e2e::Deployment ours;
  ours.start();
  CreateItems full;
  say("the load that can be carried");
  const auto most = load::run({.port = ours.port(), .connections = clients}, full).per_second();
  CreateAndLook half;
  say(fmt::format("half of it, {:.0f}/s in an open loop", most / 2));
  const auto measured = load::run(
      {.port = ours.port(),
       .connections = clients,
       .rate = most / 2,
       .time = std::chrono::seconds{8}},
      half);
  return {
      {.name = "visible",
       .what = "command answered to row visible, p99, half load",
       .unit = report::Unit::milliseconds,
       .ours = milliseconds(measured.following.quantile(0.99)),
       .goals = {report::ours_at_most(20)},
       .note =
           fmt::format("{} of {} rows", latencies(measured.following), measured.following.count())},
      {.name = "visible-commands",
       .what = "p99 of a command, half load in an open loop",
       .unit = report::Unit::milliseconds,
       .ours = milliseconds(measured.latency.quantile(0.99)),
       .note = fmt::format("{:.0f} commands/s; {}", most / 2, latencies(measured.latency))}};
}

}  // namespace rows
