#include "gateways/cli/operate.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "gateways/cli/backup.hpp"
#include "gateways/cli/control.hpp"
#include "gateways/cli/deploy.hpp"
#include "gateways/cli/mirror.hpp"
#include "gateways/nats/stream.hpp"

namespace cli {
namespace {

using nlohmann::json;
using std::chrono::milliseconds;
using std::chrono::seconds;

// How long to listen for the answers of processes that nobody has counted.
constexpr milliseconds listening{500};
constexpr std::size_t processes_most = 64;
constexpr seconds view_time{60};
// A list takes no time: who has not sent it by then has died with the question.
constexpr seconds list_time{5};

// A table on a terminal: each column as wide as its widest cell.
void print_table(const std::vector<std::vector<std::string>>& rows) {
  std::vector<std::size_t> widths(rows.front().size());
  for (const auto& row : rows)
    for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], row[i].size());
  for (const auto& row : rows) {
    std::string line;
    for (std::size_t i = 0; i < row.size(); ++i)
      line += i + 1 == row.size() ? row[i] : fmt::format("{:<{}}  ", row[i], widths[i]);
    fmt::print("{}\n", line);
  }
}

// A line for each of the servers that keep the log, where there are several.
void add_keepers(nats::Connection& connection, std::vector<std::vector<std::string>>& rows) {
  const auto add = [&](const std::string& name, const std::string& state) {
    rows.push_back({"log " + name, "-", "-", "-", "-", state});
  };
  try {
    const auto keepers = nats::keepers(connection);
    if (keepers.size() == 1) return;
    for (const auto& keeper : keepers) {
      const std::chrono::duration<double> silence = keeper.silent_for;
      if (keeper.leads)
        add(keeper.name, "leads those that keep the log");
      else if (keeper.current)
        add(keeper.name, "has all of the log");
      else
        add(keeper.name,
            fmt::format(
                "is {} messages behind, last heard of {:.0f} s ago",
                keeper.behind,
                silence.count()));
    }
  } catch (const std::runtime_error& error) {
    add("?", error.what());
  }
}

int status(const Config& config) {
  Operator operates{config};
  const auto answers = operates.ask("status", json::object(), processes_most, listening);
  std::uint64_t end = 0;
  for (const auto& answer : answers)
    for (const auto& part : answer["parts"])
      end = std::max(end, part["folded"].get<std::uint64_t>());
  std::vector<std::vector<std::string>> rows;
  for (const auto& answer : answers)
    for (const auto& part : answer["parts"]) {
      const auto folded = part["folded"].get<std::uint64_t>();
      rows.push_back(
          {part["name"].get<std::string>(),
           answer["pid"].dump(),
           answer["version"].get<std::string>(),
           folded == 0 ? "-" : std::to_string(folded),
           folded == 0 ? "-" : std::to_string(end - folded),
           part["state"].get<std::string>()});
    }
  add_keepers(operates.connection(), rows);
  std::ranges::sort(rows);
  rows.insert(rows.begin(), {"PART", "PID", "VERSION", "COMMITS", "BEHIND", "STATE"});
  print_table(rows);
  return 0;
}

int resume(const Config& config) {
  for (const auto& answer :
       Operator{config}.ask("resume", json::object(), processes_most, listening))
    fmt::print(
        "{} goes on; {} that were held are sent now\n",
        answer["name"].get<std::string>(),
        answer["released"].get<std::size_t>());
  return 0;
}

void print_views(const json& views) {
  std::vector<std::vector<std::string>> rows{
      {"VIEW", "VERSION", "GENERATION", "ROLE", "COMMITS", "BEHIND", "FACTS", "SET ASIDE"}};
  for (const auto& view : views)
    rows.push_back(
        {view["view"].get<std::string>(),
         view["version"].dump(),
         view["generation"].dump(),
         view["role"].get<std::string>(),
         view["commits"].dump(),
         view["behind"].dump(),
         view["facts"].dump(),
         view["set_aside"].dump()});
  print_table(rows);
}

void print_quarantine(const json& keys) {
  if (keys.empty()) return fmt::print("nothing is set aside\n");
  std::vector<std::vector<std::string>> rows{{"KEY", "FACTS", "FROM COMMIT", "SINCE", "WHY"}};
  for (const auto& key : keys)
    rows.push_back(
        {key["key"].get<std::string>(),
         key["facts"].dump(),
         key["commit"].dump(),
         key["since"].get<std::string>(),
         key["why"].get<std::string>()});
  print_table(rows);
}

int view(const Config& config, const std::vector<std::string>& words) {
  static const std::vector<std::string> of_one{
      "rebuild", "switch", "rollback", "verify", "quarantine", "retry"};
  const auto what = words.size() > 1 ? words[1] : "";
  const bool list = what == "list" && words.size() == 2;
  const bool one = std::ranges::find(of_one, what) != of_one.end() &&
                   (words.size() == 3 || (what == "retry" && words.size() == 4));
  if (!list && !one)
    throw UsageError(fmt::format(
        "say what to do with which view: construct view list, or one of {} and the view's name",
        fmt::join(of_one, ", ")));
  json request{{"do", what}};
  if (one) request["view"] = words[2];
  if (words.size() == 4) request["key"] = words[3];
  const auto answer =
      Operator{config}.ask("view", request, 1, list ? list_time : view_time).front();
  if (list)
    print_views(answer["views"]);
  else if (what == "quarantine")
    print_quarantine(answer["keys"]);
  else
    fmt::print("{}\n", answer["done"].get<std::string>());
  return 0;
}

}  // namespace

std::optional<int> operate(const Config& config, const std::vector<std::string>& words) {
  const auto& verb = words.front();
  if (verb == "view") return view(config, words);
  if (verb == "create-log" && words.size() == 1) return create_log(config);
  if (verb == "deployment") {
    if (words.size() != 5)
      throw UsageError(
          "say where to and for which machines: construct deployment DIR HOST HOST HOST");
    return write_deployment(words[1], {words.begin() + 2, words.end()});
  }
  if (verb == "mirror") {
    if (words.size() != 3)
      throw UsageError("say from where and into which folder: construct mirror URL DIR");
    return mirror(words[1], words[2]);
  }
  const bool with_folder = verb == "backup" || verb == "restore";
  if (!with_folder && verb != "status" && verb != "resume") return std::nullopt;
  if (words.size() != (with_folder ? 2 : 1))
    throw UsageError(fmt::format(
        "construct {} takes {}; see `construct help`",
        verb,
        with_folder ? "one folder" : "no more"));
  if (verb == "status") return status(config);
  if (verb == "resume") return resume(config);
  if (verb == "backup") return back_up(config, words[1]);
  return restore(config, words[1]);
}

}  // namespace cli
