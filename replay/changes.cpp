#include "replay/changes.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <fstream>
#include <nlohmann/json.hpp>

#include "replay/history.hpp"
#include "schemas/json.hpp"

namespace replay {

void Changes::replace(const std::filesystem::path& file) {
  file_ = file.string();
  std::ifstream lines{file};
  if (!lines)
    throw Refused(fmt::format(
        "{} cannot be read; give a file of events, as `construct replay events -o jsonl` writes "
        "them",
        file_));
  std::size_t number = 0;
  for (std::string line; std::getline(lines, line);) {
    ++number;
    if (!line.empty()) read_line(number, line);
  }
}

void Changes::read_line(std::size_t line, const std::string& text) {
  const auto refuse = [&](const std::string& why) {
    throw Refused(fmt::format("{}, line {}: {}", file_, line, why));
  };
  const auto event = nlohmann::json::parse(text, nullptr, false);
  const auto word = [&](const char* name) {
    return event.is_object() && event.contains(name) && event[name].is_string()
               ? event[name].get<std::string>()
               : std::string{};
  };
  const auto id = word("id"), type = word("type");
  if (id.empty() || type.empty() || !event.contains("data"))
    refuse("it is no event; it needs id, type and data, as `replay events -o jsonl` writes them");
  const auto* table = schemas::platform().table(type.substr(type.find('.') + 1));
  if (!table || table->role != schemas::Role::fact || type != table->context + '.' + table->name)
    refuse(fmt::format("there is no fact {}", type));
  auto read = schemas::read_json(*table, event["data"].dump());
  if (!read.ok())
    refuse(fmt::format(
        "its data is no {}: {}: {}", table->name, read.faults[0].path, read.faults[0].message));
  if (!others_.try_emplace(id, Other{line, table, std::move(read.bytes)}).second)
    refuse(fmt::format("the event {} is there twice", id));
}

void Changes::apply(fold::CommitView& commit, const fold::Life& life) {
  for (std::size_t i = 0; !others_.empty() && i < commit.facts.size(); ++i) {
    auto& fact = commit.facts[i];
    const auto& table = table_of(fact);
    const auto found = others_.find(id_of(fold::Event{life, commit, fact, i, table}));
    if (found == others_.end()) continue;
    auto& other = found->second;
    if (other.table != &table)
      throw Refused(fmt::format(
          "{}, line {}: the event {} is a {}, which cannot become a {}; drop it instead",
          file_,
          other.line,
          found->first,
          table.name,
          other.table->name));
    fact.data = other.data;
    other.used = true;
    ++replaced_;
  }
  dropped_ += std::erase_if(commit.facts, [&](const fold::FactView& fact) {
    return std::ranges::any_of(
        drops_, [&](const Filter& filter) { return filter.takes(commit, fact); });
  });
}

void Changes::check_all_used() const {
  for (const auto& [id, other] : others_)
    if (!other.used)
      throw Refused(fmt::format(
          "{}, line {}: the log has no event {} up to that moment; take its id from `replay events "
          "-o jsonl`",
          file_,
          other.line,
          id));
}

std::vector<std::string> Changes::text() const {
  std::vector<std::string> all;
  for (const auto& filter : drops_)
    all.push_back(fmt::format("drop {}", fmt::join(filter.text(), ";")));
  if (!file_.empty()) all.push_back("replace " + file_);
  return all;
}

}  // namespace replay
