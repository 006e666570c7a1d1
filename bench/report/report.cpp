#include "bench/report/report.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

namespace report {
namespace {

using Cells = std::array<std::string, 7>;

std::string_view to_text(Unit unit) {
  switch (unit) {
    case Unit::per_second:
      return "/s";
    case Unit::milliseconds:
      return "ms";
    case Unit::seconds:
      return "s";
    case Unit::bytes:
      return "B";
    case Unit::mebibytes:
      return "MiB";
  }
  return "";
}

// 28,345 of many; 1.23 of few.
std::string number(double value) {
  if (value < 100) return fmt::format("{:.2f}", value);
  const auto digits = fmt::format("{:.0f}", value);
  std::string text;
  for (std::size_t i = 0; i < digits.size(); ++i) {
    if (i > 0 && (digits.size() - i) % 3 == 0) text += ',';
    text += digits[i];
  }
  return text;
}

std::string figure(const std::optional<double>& value, Unit unit) {
  if (!value) return "-";
  return fmt::format("{}{}{}", number(*value), unit == Unit::per_second ? "" : " ", to_text(unit));
}

std::string to_text(const std::vector<Goal>& goals, Unit unit) {
  std::vector<std::string> all;
  for (const auto& goal : goals)
    all.push_back(fmt::format(
        "{} {}",
        goal.is == Goal::Is::at_least ? ">=" : "<=",
        goal.of == Goal::Of::ours ? figure(goal.value, unit) : fmt::format("{:.4g}", goal.value)));
  return all.empty() ? "-" : fmt::format("{}", fmt::join(all, ", "));
}

std::string to_text(const std::optional<bool>& met) { return !met ? "-" : *met ? "yes" : "NO"; }

Cells cells(const Result& result) {
  const auto ratio = result.ratio();
  return {
      result.what,
      figure(result.ours, result.unit),
      result.against.empty() ? "-" : result.against,
      figure(result.ceiling, result.unit),
      ratio ? fmt::format("{:.2f}", *ratio) : "-",
      to_text(result.goals, result.unit),
      to_text(result.met())};
}

std::string escaped(std::string_view text) {
  std::string out;
  for (const char c : text)
    if (c == '<')
      out += "&lt;";
    else if (c == '>')
      out += "&gt;";
    else if (c == '&')
      out += "&amp;";
    else
      out += c;
  return out;
}

std::string plain(const std::optional<double>& value) {
  return value ? fmt::format("{:.6g}", *value) : "";
}

}  // namespace

std::string to_table(const std::vector<Result>& results) {
  std::vector<Cells> rows{{"what", "ours", "against", "that", "ratio", "goal", "met"}};
  for (const auto& result : results) rows.push_back(cells(result));
  std::array<std::size_t, std::tuple_size_v<Cells>> widths{};
  for (const auto& row : rows)
    for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], row[i].size());
  std::string text;
  for (std::size_t at = 0; at < rows.size(); ++at) {
    for (std::size_t i = 0; i < widths.size(); ++i)
      text += fmt::format("| {:<{}} ", rows[at][i], widths[i]);
    text += "|\n";
    if (at > 0) continue;
    for (const auto width : widths) text += fmt::format("|{:->{}}", "", width + 2);
    text += "|\n";
  }
  std::string notes;
  for (const auto& result : results)
    if (!result.note.empty()) notes += fmt::format("- {}: {}\n", result.what, result.note);
  return notes.empty() ? text : text + '\n' + notes;
}

std::string to_json(const Run& run) {
  using nlohmann::ordered_json;
  const auto maybe = [](const auto& value) {
    return value ? ordered_json(*value) : ordered_json();
  };
  ordered_json results = ordered_json::array();
  for (const auto& result : run.results)
    results.push_back(
        {{"name", result.name},
         {"what", result.what},
         {"unit", to_text(result.unit)},
         {"ours", maybe(result.ours)},
         {"against", result.against},
         {"that", maybe(result.ceiling)},
         {"ratio", maybe(result.ratio())},
         {"goal", to_text(result.goals, result.unit)},
         {"met", maybe(result.met())},
         {"note", result.note}});
  return ordered_json{
             {"at", run.at}, {"commit", run.commit}, {"load", run.load}, {"results", results}}
             .dump(2) +
         '\n';
}

std::string csv_head() { return "at,commit,name,ours,that,ratio,goal,met\n"; }

std::string to_csv(const Run& run) {
  std::string text;
  for (const auto& result : run.results)
    text += fmt::format(
        "{},{},{},{},{},{},\"{}\",{}\n",
        run.at,
        run.commit,
        result.name,
        plain(result.ours),
        plain(result.ceiling),
        plain(result.ratio()),
        to_text(result.goals, result.unit),
        to_text(result.met()));
  return text;
}

std::string to_svg(const Result& result) {
  constexpr double left = 190, width = 420, bar = 26;
  // Where the first goal lies on the scale of the bars.
  std::optional<double> mark;
  if (!result.goals.empty()) {
    const auto& goal = result.goals.front();
    if (goal.of == Goal::Of::ours)
      mark = goal.value;
    else if (result.ceiling)
      mark = goal.value * *result.ceiling;
  }
  const auto longest =
      std::max({result.ours.value_or(0), result.ceiling.value_or(0), mark.value_or(0), 1e-9});
  const auto scaled = [&](double value) { return value / longest * width; };
  std::string text = fmt::format(
      "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"720\" height=\"150\" "
      "font-family=\"sans-serif\" font-size=\"13\">\n"
      "<rect width=\"100%\" height=\"100%\" fill=\"white\"/>\n"
      "<text x=\"12\" y=\"24\" font-size=\"16\">{}</text>\n",
      escaped(result.what));
  double y = 42;
  const auto add_bar =
      [&](std::string_view name, const std::optional<double>& value, const char* fill) {
        text += fmt::format(
            "<text x=\"{}\" y=\"{}\" text-anchor=\"end\">{}</text>\n"
            "<rect x=\"{}\" y=\"{}\" width=\"{:.1f}\" height=\"{}\" fill=\"{}\"/>\n"
            "<text x=\"{:.1f}\" y=\"{}\">{}</text>\n",
            left - 8,
            y + 18,
            escaped(name),
            left,
            y,
            scaled(value.value_or(0)),
            bar,
            fill,
            left + scaled(value.value_or(0)) + 6,
            y + 18,
            figure(value, result.unit));
        y += bar + 8;
      };
  add_bar("ours", result.ours, "#2b6cb0");
  if (!result.against.empty()) add_bar(result.against, result.ceiling, "#a0aec0");
  if (mark)
    text += fmt::format(
        "<line x1=\"{0:.1f}\" y1=\"38\" x2=\"{0:.1f}\" y2=\"{1}\" stroke=\"#c53030\" "
        "stroke-width=\"2\" stroke-dasharray=\"5 3\"/>\n",
        left + scaled(*mark),
        y);
  text += fmt::format(
      "<text x=\"{}\" y=\"{}\">goal {}: {}</text>\n</svg>\n",
      left,
      y + 18,
      escaped(to_text(result.goals, result.unit)),
      to_text(result.met()));
  return text;
}

}  // namespace report
