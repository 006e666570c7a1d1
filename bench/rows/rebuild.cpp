// A view made anew from a full log, while the one that is read stays, against the slower of what it
// cannot do without: an ordered consumer of the same log, and RocksDB taking the same rows.

#include <fmt/format.h>

#include <algorithm>
#include <thread>

#include "bench/rows/beside.hpp"
#include "bench/rows/row.hpp"
#include "gateways/cli/folders.hpp"
#include "projections/inventory/stock.hpp"

namespace rows {
namespace {

using Clock = std::chrono::steady_clock;
using Seconds = std::chrono::duration<double>;

constexpr std::chrono::seconds filling{8};
constexpr std::chrono::seconds view_time{60};
constexpr std::chrono::milliseconds between_looks{20};  // which cost what is measured

void ask(cli::Operator& by, const std::string& what) {
  by.ask("view", {{"do", what}, {"view", "stock"}}, 1, view_time);
}

// Until the generation that is being built has stored so many facts.
void until_as_far(const e2e::Deployment& ours, std::uint64_t facts) {
  const auto until = Clock::now() + view_time;
  while (stock_view(ours, "next").at("facts") < facts) {
    if (Clock::now() > until)
      throw std::runtime_error("the view stock does not get on; see what the server says");
    std::this_thread::sleep_for(between_looks);
  }
}

}  // namespace

std::vector<Result> rebuild(const Say& say) {
  e2e::Deployment ours;
  ours.start();
  say("filling the log");
  fill(ours, filling);
  auto by = operator_of(ours);
  const auto messages = std::to_string(log_state(ours).blocks);
  const auto live = stock_view(ours, "live");
  const double facts = live["facts"];
  Seconds rebuilt{0}, consumed{0}, written{0};
  say(fmt::format("rebuilding {:.0f} facts, and the parts of it, in turn", facts));
  in_turn(
      [&] {
        const auto begin = Clock::now();
        ask(by, "rebuild");
        until_as_far(ours, live["facts"]);
        rebuilt += Clock::now() - begin;
        ask(by, "switch");
      },
      [&] {
        const auto reading =
            run_ceiling("consume", {by.connection().address().url, messages, "raw"});
        consumed += Seconds{reading.at("seconds").get<double>()};
        const support::TemporaryFolder folder;
        const auto writing = run_ceiling(
            "rows",
            {cli::Folders{ours.data()}.view(inventory::stock()).string(), folder.path().string()});
        written += Seconds{writing.at("write_seconds").get<double>()};
      });
  const auto rate = [&](Seconds time) { return facts * turns / time.count(); };
  return {
      {.name = "rebuild",
       .what = "rebuild of a view, facts",
       .against = consumed > written ? "raw ordered consumer" : "raw RocksDB writes",
       .ours = rate(rebuilt),
       .ceiling = std::min(rate(consumed), rate(written)),
       .goals = {report::ratio_at_least(0.7)},
       .note = fmt::format(
           "{:.0f} facts; consumer {:.0f}/s, RocksDB {:.0f}/s",
           facts,
           rate(consumed),
           rate(written))}};
}

}  // namespace rows
