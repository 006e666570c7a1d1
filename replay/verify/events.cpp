#include "replay/verify/events.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <vector>

#include "domain/fold/cloud_event.hpp"
#include "domain/kernel/crypto.hpp"
#include "domain/kernel/position.hpp"
#include "replay/verify/log.hpp"
#include "schemas/json.hpp"

namespace verify {
namespace {

using nlohmann::json;

// The commits of a mirror, in any order.
class Commits {
 public:
  explicit Commits(const Mirror& mirror) : path_{mirror.commits_path()} {
    CommitFile file{path_};
    std::uint64_t at = 0;
    fold::CommitView commit;
    while (const auto bytes = file.next()) {
      fold::read(begins_.size(), *bytes, commit);
      if (begins_.empty())
        lives_[0] = {
            std::string{fold::id_of(commit.facts.at(0).aggregate)}, fold::incarnation_of(commit)};
      else if (fold::restores(commit))
        lives_[begins_.size()] = {lives_.begin()->second.deployment, fold::incarnation_of(commit)};
      facts_ += commit.facts.size();
      begins_.push_back(at + length_size);
      at += length_size + bytes->size();
    }
    begins_.push_back(at + length_size);
  }
  std::uint64_t count() const { return begins_.size() - 1; }
  std::uint64_t facts() const { return facts_; }
  // Which life of the log it was committed in.
  const fold::Life& life(std::uint64_t number) const {
    return std::prev(lives_.upper_bound(number))->second;
  }
  // Whether a commit is part of that life of the log: of the one it was committed in, and of those
  // that a backup began which holds it.
  bool goes_on_in(const std::string& incarnation, std::uint64_t number) const {
    const auto first = std::prev(lives_.upper_bound(number));
    return std::any_of(first, lives_.end(), [&](const auto& life) {
      return life.second.incarnation == incarnation;
    });
  }
  // Until the next is read.
  const fold::CommitView& read(std::uint64_t number) {
    file_.clear();
    file_.seekg(static_cast<std::streamoff>(begins_[number]));
    bytes_.resize(begins_[number + 1] - begins_[number] - length_size);
    file_.read(bytes_.data(), std::ssize(bytes_));
    fold::read(number, bytes_, commit_);
    return commit_;
  }

 private:
  static constexpr std::uint64_t length_size = 4;

  std::filesystem::path path_;
  std::ifstream file_{path_, std::ios::binary};
  std::vector<std::uint64_t> begins_;
  std::map<std::uint64_t, fold::Life> lives_;  // by the commit that each begins with
  std::uint64_t facts_ = 0;
  std::string bytes_;
  fold::CommitView commit_;
};

const schemas::Table& table_of(const fold::FactView& fact) {
  const auto* table = schemas::platform().table(fact.type);
  if (!table)
    throw Usage(fmt::format(
        "the log holds a fact {} that this build does not know; take a newer one", fact.type));
  return *table;
}

std::optional<kernel::Position> position_in(const json& line) {
  const auto found = line.find("position");
  return found != line.end() && found->is_string()
             ? kernel::parse_position(found->get<std::string>())
             : std::nullopt;
}

std::optional<std::uint64_t> number_of(const json& line) {
  const auto found = line.find("commit");
  if (found != line.end() && found->is_number_unsigned()) return found->get<std::uint64_t>();
  const auto position = position_in(line);
  return position ? std::optional{position->commit} : std::nullopt;
}

// A fact in the words of a form, and which of them no line may lack.
struct Said {
  json members;
  std::set<std::string> needed;
};

Said as_cloud_event(const fold::Event& event) {
  std::string text;
  write_cloud_event(text, event);
  Said said{json::parse(text), {}};
  for (const auto& member : said.members.items()) said.needed.insert(member.key());
  return said;
}

// As the gateway writes it, where a position is told in the life of the log in which it was asked.
Said as_item(const json& line, const Commits& commits, const fold::CommitView& commit) {
  json members{
      {"commit", commit.number},
      {"position", kernel::to_token({commits.life(commit.number).incarnation, commit.number})},
      {"time", schemas::format_time(commit.at)},
      {"actor", commit.actor},
      {"command", commit.command},
      {"command_id", kernel::to_uuid(commit.command_id)},
      {"correlation_id", commit.correlation},
      {"causation_id", commit.causation}};
  const auto position = position_in(line);
  if (position && position->commit == commit.number &&
      commits.goes_on_in(position->incarnation, commit.number))
    members["position"] = line["position"];
  return {std::move(members), {"type", "version", "data"}};
}

// The facts of the commit, or the refusal that it is.
std::vector<Said> said_of(
    const json& line, const Commits& commits, const fold::CommitView& commit) {
  std::vector<Said> all;
  for (std::size_t i = 0; i < commit.facts.size(); ++i) {
    const auto& fact = commit.facts[i];
    const fold::Event event{commits.life(commit.number), commit, fact, i, table_of(fact)};
    if (line.contains("specversion")) {
      all.push_back(as_cloud_event(event));
      continue;
    }
    auto& members = all.emplace_back(as_item(line, commits, commit)).members;
    std::string data;
    schemas::write_json(data, event.table, fact.data);
    members["stream"] = fact.aggregate;
    members["version"] = fact.version;
    members["type"] = fact.type;
    members["data"] = json::parse(data);
  }
  if (commit.facts.empty() && !line.contains("specversion")) {
    auto& members = all.emplace_back(as_item(line, commits, commit)).members;
    members["stream"] = members["data"] = nullptr;
    members["version"] = 0;
    members["type"] = "";
    members["rejection"] = commit.rejection.value_or("");
  }
  return all;
}

// The members of the line that are not as the log has them, and those that it lacks.
std::vector<std::string> faults_of(const json& line, const Said& said) {
  std::vector<std::string> faults;
  for (const auto& [name, value] : said.members.items()) {
    const auto told = line.find(name);
    if (told == line.end() ? said.needed.contains(name) : *told != value) faults.push_back(name);
  }
  return faults;
}

// Which fact of the commit the line tells of; throws NotVerified when none is as it says.
std::string compare(const json& line, const Commits& commits, const fold::CommitView& commit) {
  std::string nearest = "it has no fact";
  std::size_t fewest = std::string::npos, index = 0;
  for (const auto& said : said_of(line, commits, commit)) {
    const auto faults = faults_of(line, said);
    if (faults.empty()) return fmt::format("{}-{}", commit.number, index);
    ++index;
    if (faults.size() >= fewest) continue;
    fewest = faults.size();
    const auto& name = faults.front();
    const auto& value = said.members[name];
    nearest = line.contains(name)
                  ? fmt::format("its {} is {}, not {}", name, value.dump(), line[name].dump())
                  : fmt::format("the line does not tell its {}, {}", name, value.dump());
  }
  throw NotVerified(fmt::format("commit {}: {}", commit.number, nearest));
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
  return compare(item, commits, commits.read(*number));
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
  std::uint64_t at = 0;
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
      throw NotVerified(fmt::format("fact {} is there twice", *twice));
    report.add(
        "events",
        fmt::format(
            "{} of the log's {} facts, each as the log has it", seen.size(), commits.facts()));
  } catch (const NotVerified& why) {
    report.checks.push_back(
        {"events", Result::not_verified, fmt::format("line {}: {}", at, why.what())});
  }
  return report;
}

}  // namespace verify
