// Half the load that can be carried, for half an hour or as many minutes as CONSTRUCT_MINUTES says:
// whether memory and latency at the end are what they were once the caches had filled.

#include <fmt/format.h>

#include <cstdlib>
#include <map>
#include <span>
#include <stdexcept>

#include "bench/rows/beside.hpp"
#include "bench/rows/row.hpp"
#include "bench/rows/scripts.hpp"

namespace rows {
namespace {

using report::Unit;

constexpr int clients = 64;
constexpr std::uint64_t minutes_usual = 30, minutes_least = 4;
constexpr double flat = 1.2;  // how much more than before still counts as the same

// An item is made, one that was made long before receives stock twice, and its row is read.
class Trade final : public load::Script {
 public:
  void request(std::string& out) override {
    const auto number = asked_++;
    const auto item = fmt::format("{}-{}", prefix_, number / steps);
    if (number % steps == 0)
      return load::write_post(
          out, "/commands/inventory/CreateStockItem", "application/json", stock_item(item));
    const auto old = fmt::format("{}-{}", prefix_, number / steps / 2);
    if (number / steps < head_start) return load::write_get(out, "/healthz", "");
    if (number % steps == steps - 1) return load::write_get(out, "/inventory/" + old, "");
    load::write_post(
        out, "/commands/inventory/ReceiveStock", "application/json", received_stock(old));
  }

 private:
  static constexpr std::uint64_t steps = 4;
  // So many items are made before one is asked for again: it is in the view by then.
  static constexpr std::uint64_t head_start = 4'096;

  std::string prefix_ = fresh_prefix();
  std::uint64_t asked_ = 0;
};

struct Minute {
  load::Histogram latency;
  std::map<std::string, double> memory;
};

// Of the minutes of one third; the first minute of all is not counted.
load::Histogram latency_of(std::span<const Minute> minutes) {
  load::Histogram all;
  for (const auto& minute : minutes) all.merge(minute.latency);
  return all;
}

}  // namespace

std::vector<Result> soak(const Say& say) {
  const char* wanted = std::getenv("CONSTRUCT_MINUTES");
  const auto minutes = wanted ? std::strtoull(wanted, nullptr, 10) : minutes_usual;
  if (minutes < minutes_least)
    throw std::runtime_error(fmt::format("CONSTRUCT_MINUTES must be {} at least", minutes_least));
  e2e::Deployment ours;
  ours.start();
  Trade trade;
  // At first all that is asked for is still in the engine's cache, and half of what is carried then
  // would be all that can be carried later.
  say("asking without pause until most of what is asked for is not in memory any more");
  load::run({.port = ours.port(), .connections = clients, .time = std::chrono::seconds{60}}, trade);
  say("the load that can be carried");
  const auto rate =
      load::run(
          {.port = ours.port(), .connections = clients, .time = std::chrono::seconds{10}}, trade)
          .per_second() /
      2;
  std::vector<Minute> all;
  for (std::uint64_t minute = 0; minute < minutes; ++minute) {
    const auto measured = load::run(
        {.port = ours.port(),
         .connections = clients,
         .rate = rate,
         .time = std::chrono::seconds{60}},
        trade);
    auto& one = all.emplace_back(Minute{measured.latency, {}});
    std::string told;
    for (const auto& [name, mebibytes] : memory_of(ours)) {
      one.memory[name] = mebibytes;
      told += fmt::format(", {} {:.0f} MiB", name, mebibytes);
    }
    say(fmt::format("minute {}: {}{}", minute + 1, latencies(measured.latency), told));
  }
  const std::span<const Minute> counted{all.begin() + 1, all.end()};
  const auto third = counted.size() / 3;
  const auto first = latency_of(counted.first(third));
  const auto last = latency_of(counted.last(third));
  std::vector<Result> results{
      {.name = "soak-p99",
       .what = fmt::format("p99 at half load, last third of {} minutes", minutes),
       .unit = Unit::milliseconds,
       .against = "the first third",
       .ours = milliseconds(last.quantile(0.99)),
       .ceiling = milliseconds(first.quantile(0.99)),
       .goals = {report::ratio_at_most(flat)},
       .note = fmt::format("{:.0f} requests/s; {}", rate, latencies(last))}};
  for (const auto& [name, mebibytes] : all.back().memory)
    results.push_back(
        {.name = "soak-memory-" + name.substr(0, name.find(' ')),
         .what = fmt::format("memory of {}, end of {} minutes", name, minutes),
         .unit = Unit::mebibytes,
         .against = "half-way",
         .ours = mebibytes,
         .ceiling = all[all.size() / 2].memory[name],
         .goals = {report::ratio_at_most(flat)}});
  return results;
}

}  // namespace rows
