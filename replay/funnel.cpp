#include <fmt/format.h>

#include <algorithm>
#include <boost/unordered/unordered_flat_map.hpp>
#include <charconv>

#include "domain/fold/states.hpp"
#include "replay/cells.hpp"
#include "replay/verbs.hpp"

namespace replay {
namespace {

using schemas::Field;
using schemas::Table;
using std::chrono::microseconds;

// How the key is read from the facts of one step: from a field, or from the name of its aggregate.
struct Step {
  const Table* table = nullptr;
  const Field* field = nullptr;
  std::uint64_t reached = 0;
  std::vector<microseconds> took;  // from the step before

  std::string key(const fold::FactView& fact) const {
    if (!field) return std::string{fold::id_of(fact.aggregate)};
    const auto cell = cell_of(*table, *field, fact.data);
    if (const auto* text = std::get_if<std::string>(&cell)) return *text;
    if (const auto* number = std::get_if<std::int64_t>(&cell)) return std::to_string(*number);
    return {};
  }
};

// What the fields of that name are ids of, "Order" of order_id; empty when they are none.
std::string kind_of_field(std::string_view name) {
  for (const auto& table : schemas::platform().tables())
    for (const auto& field : table.fields)
      if (field.name == name && !field.identifies.empty()) return field.identifies;
  return {};
}

std::vector<Step> steps_of(const FunnelAsked& asked) {
  const auto kind = kind_of_field(asked.by);
  std::vector<Step> steps;
  for (const auto& name : asked.steps) {
    const auto* table = schemas::platform().table(name);
    if (!table || table->role != schemas::Role::fact) Filter{}.add("fact", name);  // says so
    const auto* field = table->field(asked.by);
    if (field && (field->type.list || field->type.kind == schemas::Kind::table)) field = nullptr;
    if (!field && (kind.empty() || table->aggregate != kind))
      throw Refused(fmt::format(
          "{} has no field {}, and is of no aggregate that it names; give one with --by that every "
          "step has",
          name,
          asked.by));
    if (std::ranges::find(steps, table, &Step::table) != steps.end())
      throw Refused(fmt::format("{} is a step twice; name each once", name));
    steps.push_back({.table = table, .field = field});
  }
  if (steps.size() < 2) throw Refused("a funnel has two steps or more; name them with --steps A,B");
  return steps;
}

// How far a key has come: it takes the steps in their order, each once.
struct Way {
  std::uint32_t done = 0;
  schemas::Time began, last;
};

std::string to_text(microseconds time) {
  const auto seconds = std::chrono::duration_cast<std::chrono::duration<double>>(time).count();
  if (seconds < 120) return fmt::format("{:.3g} s", seconds);
  if (seconds < 2 * 3600) return fmt::format("{:.3g} min", seconds / 60);
  if (seconds < 2 * 86400) return fmt::format("{:.3g} h", seconds / 3600);
  return fmt::format("{:.3g} d", seconds / 86400);
}

// The lower one of an even number.
microseconds median(std::vector<microseconds>& times) {
  const auto middle = times.begin() + (std::ssize(times) - 1) / 2;
  std::ranges::nth_element(times, middle);
  return *middle;
}

double share(std::uint64_t part, std::uint64_t whole) {
  return whole == 0 ? 0 : static_cast<double>(part) / static_cast<double>(whole);
}

}  // namespace

std::chrono::microseconds parse_duration(std::string_view text) {
  std::int64_t count = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), count);
  const auto unit = text.substr(static_cast<std::size_t>(end - text.data()));
  const std::int64_t seconds = unit == "s"   ? 1
                               : unit == "m" ? 60
                               : unit == "h" ? 3600
                               : unit == "d" ? 86400
                                             : 0;
  constexpr std::int64_t most = 100'000;  // of any unit
  if (error != std::errc{} || seconds == 0 || count <= 0 || count > most)
    throw Refused(
        fmt::format("{} is no length of time; give one such as 90s, 30m, 12h or 7d", text));
  return std::chrono::seconds{count * seconds};
}

Found show_funnel(History& history, const FunnelAsked& asked, Output& out) {
  auto steps = steps_of(asked);
  boost::unordered_flat_map<std::string, Way> ways;
  history.read(asked.range, [&](const fold::CommitView& commit, const auto&) {
    for (const auto& fact : commit.facts) {
      const auto& table = table_of(fact);
      const auto step = std::ranges::find(steps, &table, &Step::table);
      if (step == steps.end()) continue;
      const auto number = static_cast<std::uint32_t>(step - steps.begin());
      auto key = step->key(fact);
      if (key.empty()) continue;
      if (number == 0) {
        // Whoever begins again after coming to nothing is counted once.
        if (ways.try_emplace(std::move(key), Way{1, commit.at, commit.at}).second) ++step->reached;
        continue;
      }
      const auto way = ways.find(key);
      if (way == ways.end() || way->second.done != number) continue;
      if (asked.within && commit.at - way->second.began > *asked.within) continue;
      ++step->reached;
      step->took.push_back(commit.at - way->second.last);
      way->second.done = number + 1;
      way->second.last = commit.at;
    }
    return true;
  });
  auto& text = out.buffer();
  if (asked.form == FunnelForm::csv)
    text += "step,count,of_first,of_previous,median_seconds_from_previous\r\n";
  if (asked.form == FunnelForm::table)
    text += fmt::format(
        "{:<32}{:>10}{:>10}{:>13}  {}\n",
        "STEP",
        "COUNT",
        "OF FIRST",
        "OF PREVIOUS",
        "MEDIAN TIME");
  if (asked.form == FunnelForm::json) text += '[';
  for (auto& step : steps) {
    const auto number = static_cast<std::size_t>(&step - steps.data());
    const auto of_first = share(step.reached, steps.front().reached);
    const auto of_previous = number == 0 ? 1 : share(step.reached, steps[number - 1].reached);
    std::optional<microseconds> took;
    if (!step.took.empty()) took = median(step.took);
    const auto seconds =
        took ? fmt::format("{:.6f}", 1e-6 * static_cast<double>(took->count())) : "";
    if (asked.form == FunnelForm::csv)
      text += fmt::format(
          "{},{},{:.4f},{:.4f},{}\r\n",
          step.table->name,
          step.reached,
          of_first,
          of_previous,
          seconds);
    else if (asked.form == FunnelForm::table)
      text += fmt::format(
          "{:<32}{:>10}{:>9.1f}%{:>12.1f}%  {}\n",
          step.table->name,
          step.reached,
          100 * of_first,
          100 * of_previous,
          took ? to_text(*took) : "-");
    else
      text += fmt::format(
          R"({}{{"step":"{}","count":{},"of_first":{:.4f},"of_previous":{:.4f},"median_seconds_from_previous":{}}})",
          number == 0 ? "" : ",\n",
          step.table->name,
          step.reached,
          of_first,
          of_previous,
          took ? seconds : "null");
  }
  if (asked.form == FunnelForm::json) text += "]\n";
  out.flush();
  return steps.front().reached > 0 ? Found::yes : Found::no;
}

}  // namespace replay
