// bench: measures what docs/performance.md claims, row by row, and writes what it found.
//
//   bench OUT COMMIT [ROW]...
//
// into the folder OUT: table.md, results.json, history.csv and a picture of each result.

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <thread>

#include "bench/report/report.hpp"
#include "bench/rows/row.hpp"

namespace {

namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;

void write(const fs::path& path, const std::string& text, std::ios::openmode how) {
  std::ofstream{path, how} << text;
}

void write_all(const fs::path& folder, const report::Run& run) {
  fs::create_directories(folder);
  write(folder / "table.md", report::to_table(run.results), std::ios::trunc);
  write(folder / "results.json", report::to_json(run), std::ios::trunc);
  const auto history = folder / "history.csv";
  if (!fs::exists(history)) write(history, report::csv_head(), std::ios::trunc);
  write(history, report::to_csv(run), std::ios::app);
  for (const auto& result : run.results)
    write(folder / (result.name + ".svg"), report::to_svg(result), std::ios::trunc);
}

// What others do on the machine, as the system counts it over a minute.
double load_average() {
  std::array<double, 1> load{};
  return getloadavg(load.data(), 1) == 1 ? load[0] : 0;
}

// The rows with these names; without any, those that are part of every run.
std::vector<rows::Row> chosen(const std::vector<std::string>& names) {
  std::vector<rows::Row> found;
  for (const auto& row : rows::all())
    if (names.empty() ? !row.only_by_name : std::ranges::find(names, row.name) != names.end())
      found.push_back(row);
  if (names.empty() || found.size() == names.size()) return found;
  std::string known;
  for (const auto& row : rows::all()) known += fmt::format("\n  {:<10} {}", row.name, row.what);
  throw std::invalid_argument("there is no such row; name some of these:" + known);
}

// A row that cannot be measured says why, and the others are measured all the same.
std::vector<report::Result> measure(const rows::Row& row, Clock::time_point begin) {
  const auto say = [&](std::string_view what) {
    const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(Clock::now() - begin);
    fmt::print(stderr, "[{:%M:%S}] {}: {}\n", seconds, row.name, what);
  };
  try {
    return row.measure(say);
  } catch (const std::exception& error) {
    auto why = fmt::format("not measured: {}", error.what());
    why.erase(why.find_last_not_of(" \n") + 1);
    say(why);
    return {{.name = std::string{row.name}, .what = std::string{row.what}, .note = why}};
  }
}

int run(const fs::path& out, const std::string& commit, const std::vector<std::string>& names) {
  const auto begin = Clock::now();
  report::Run all{
      fmt::format("{:%Y-%m-%dT%H:%M:%SZ}", fmt::gmtime(std::time(nullptr))),
      commit,
      load_average(),
      {}};
  for (const auto& row : chosen(names))
    for (auto& result : measure(row, begin)) all.results.push_back(std::move(result));
  write_all(out, all);
  fmt::print(
      "\n{}\nBefore the run the machine's load was {:.1f}, on {} processors. Also in {}: JSON, "
      "CSV, pictures.\n",
      report::to_table(all.results),
      all.load,
      std::thread::hardware_concurrency(),
      out.string());
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 3) {
    std::fputs("usage: bench OUT COMMIT [ROW]...\n", stderr);
    return 2;
  }
  try {
    return run(argv[1], argv[2], {argv + 3, argv + argc});
  } catch (const std::exception& error) {
    fmt::print(stderr, "bench: {}\n", error.what());
    return 1;
  }
}
