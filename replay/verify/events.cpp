#include "replay/verify/events.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <nlohmann/json.hpp>
#include <vector>

#include "domain/kernel/position.hpp"
#include "replay/verify/log.hpp"
#include "schemas/construct.hpp"
#include "schemas/json.hpp"

namespace verify {
namespace {

using nlohmann::json;

// Where each commit of a mirror begins, to read them in any order.
class Commits {
 public:
  explicit Commits(const Mirror& mirror) : path_{mirror.commits_path()} {
    CommitFile file{path_};
    std::uint64_t at = 0;
    while (const auto commit = file.next()) {
      begins_.push_back(at + length_size);
      at += length_size + commit->size();
    }
    begins_.push_back(at + length_size);
  }
  std::uint64_t count() const { return begins_.size() - 1; }
  construct::Commit read(std::uint64_t number) {
    file_.clear();
    file_.seekg(static_cast<std::streamoff>(begins_[number]));
    std::string bytes(begins_[number + 1] - begins_[number] - length_size, '\0');
    file_.read(bytes.data(), std::ssize(bytes));
    construct::Commit commit;
    decode(bytes, commit);
    return commit;
  }

 private:
  static constexpr std::uint64_t length_size = 4;

  std::filesystem::path path_;
  std::ifstream file_{path_, std::ios::binary};
  std::vector<std::uint64_t> begins_;
};

std::optional<std::uint64_t> number_of(const json& line) {
  if (line.contains("commit") && line["commit"].is_number_unsigned())
    return line["commit"].get<std::uint64_t>();
  if (!line.contains("position") || !line["position"].is_string()) return std::nullopt;
  const auto position = kernel::parse_position(line["position"].get<std::string>());
  if (!position) return std::nullopt;
  return position->commit;
}

json data_of(const construct::Fact& fact) {
  const auto* table = schemas::platform().table(fact.type);
  if (!table)
    throw Usage(fmt::format(
        "the log holds a fact {} that this build does not know; take a newer one", fact.type));
  std::string text;
  schemas::write_json(text, *table, fact.data.data);
  return json::parse(text);
}

// Text members of a line, and what the log has for them.
std::vector<std::pair<std::string, std::string>> said_of(const construct::Commit& commit) {
  return {
      {"time", schemas::format_time(commit.at)},
      {"actor", commit.actor},
      {"command", commit.command},
      {"correlation_id", commit.correlation},
      {"causation_id", commit.causation}};
}

// Which fact of the commit the line tells of; throws NotVerified when none is as it says.
std::string compare(const json& line, std::uint64_t number, const construct::Commit& commit) {
  for (const auto& [name, said] : said_of(commit))
    if (line.contains(name) && line[name] != said)
      throw NotVerified(
          fmt::format("commit {}: its {} is {}, not {}", number, name, said, line[name].dump()));
  for (const auto* name : {"stream", "aggregate"})
    if (line.contains(name) && !line[name].is_null() &&
        std::ranges::none_of(
            commit.facts, [&](const auto& fact) { return line[name] == fact.aggregate; }))
      throw NotVerified(fmt::format("commit {}: it has no fact of {}", number, line[name].dump()));
  // Of a refusal there is no fact to tell.
  if (commit.facts.empty() && line.value("type", json{}) == "")
    return fmt::format("commit {}", number);
  for (const auto& fact : commit.facts) {
    const bool same_stream = !line.contains("stream") || line["stream"] == fact.aggregate;
    const bool same_aggregate = !line.contains("aggregate") || line["aggregate"] == fact.aggregate;
    if (same_stream && same_aggregate && line.value("type", json{}) == fact.type &&
        line.value("version", json{}) == fact.version &&
        line.value("data", json{}) == data_of(fact))
      return fmt::format("{} {}", fact.aggregate, fact.version);
  }
  throw NotVerified(fmt::format("commit {}: it has no such fact as the line tells of", number));
}

// The fact that an item of line `at` tells of.
std::string find(const json& item, Commits& commits, std::uint64_t at) {
  const auto number = item.is_object() ? number_of(item) : std::nullopt;
  if (!number)
    throw Usage(fmt::format(
        "line {} names no commit; export with `commit` or `position` in each line", at));
  if (*number >= commits.count())
    throw NotVerified(
        fmt::format("commit {}: the checkpoint has {} commits only", *number, commits.count()));
  return compare(item, *number, commits.read(*number));
}

}  // namespace

Report verify_events(
    const std::filesystem::path& lines, const Mirror& mirror, const Policy& policy) {
  auto report = verify_log(mirror, policy, {});
  if (report.result() != Result::verified) return report;
  std::ifstream file{lines};
  if (!file) throw Usage(lines.string() + " cannot be read; name another file");
  Commits commits{mirror};
  std::vector<std::string> seen;
  std::uint64_t at = 0, facts = 0;
  try {
    for (std::string text; std::getline(file, text);) {
      ++at;
      if (text.empty()) continue;
      const auto line = json::parse(text, nullptr, false);
      const auto items =
          line.is_object() && line.contains("items") ? line["items"] : json::array({line});
      for (const auto& item : items) seen.push_back(find(item, commits, at));
    }
    std::ranges::sort(seen);
    if (const auto twice = std::ranges::adjacent_find(seen); twice != seen.end())
      throw NotVerified(fmt::format("version {} is there twice", *twice));
    for (std::uint64_t number = 0; number < commits.count(); ++number)
      facts += commits.read(number).facts.size();
    report.add(
        "events",
        fmt::format("{} of the log's {} facts, each as the log has it", seen.size(), facts));
  } catch (const NotVerified& why) {
    report.checks.push_back(
        {"events", Result::not_verified, fmt::format("line {}: {}", at, why.what())});
  }
  return report;
}

}  // namespace verify
