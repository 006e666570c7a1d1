#include "commands/engine/streams.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <stdexcept>

#include "code_hash.hpp"
#include "domain/fold/store.hpp"

namespace engine {
namespace {

using Families = StreamsFamilies;

constexpr std::size_t facts_per_snapshot = 200;
constexpr std::size_t commits_per_page = 1000;

std::string version_key(std::string_view stream, std::uint64_t version) {
  std::string key{stream};
  key += '\0';
  return key + fold::ordered(version);
}

// The milliseconds that a UUIDv7 begins with (RFC 9562), as its six bytes.
std::optional<std::array<std::uint8_t, 6>> time_of_uuid7(std::string_view key) {
  if (key.size() != 36 || key[8] != '-' || key[13] != '-' || key[14] != '7') return std::nullopt;
  const auto digits = std::string{key.substr(0, 8)}.append(key.substr(9, 4));
  std::array<std::uint8_t, 6> time{};
  for (std::size_t i = 0; i < time.size(); ++i) {
    const char* pair = digits.data() + 2 * i;
    const auto [end, error] = std::from_chars(pair, pair + 2, time[i], 16);
    if (error != std::errc{} || end != pair + 2) return std::nullopt;
  }
  return time;
}

}  // namespace

CommandId command_id(std::string_view client, std::string_view key) {
  std::string scoped{client};
  scoped += '\0';
  const auto digest = fold::sha256(scoped.append(key));
  CommandId id;
  std::ranges::copy_n(digest.begin(), id.size(), id.begin());
  if (const auto time = time_of_uuid7(key)) std::ranges::copy(*time, id.begin());
  return id;
}

std::string_view bytes_of(const CommandId& id) {
  return {reinterpret_cast<const char*>(id.data()), id.size()};
}

void StreamsFold::apply(const fold::CommitView& commit, fold::Batch& batch) {
  const auto number = fold::ordered(commit.number);
  batch.push_back({Families::commits, number, std::string{commit.bytes}});
  batch.push_back({Families::commands, std::string{commit.command_id}, number});
  const auto& facts = commit.facts;
  for (auto fact = facts.begin(); fact != facts.end(); ++fact) {
    const auto same = [&](const auto& earlier) { return earlier.aggregate == fact->aggregate; };
    if (std::any_of(facts.begin(), fact, same))
      continue;  // One entry for all its facts in this commit.
    batch.push_back({Families::aggregates, version_key(fact->aggregate, fact->version), number});
  }
}

std::optional<StoredCommit> StreamReader::commit(CommitNumber number) const {
  const auto bytes = store_.get(Families::commits, fold::ordered(number));
  if (!bytes) return std::nullopt;
  StoredCommit stored{number, {}};
  decode(*bytes, stored.content);
  return stored;
}

std::optional<CommitNumber> StreamReader::decided_by(const CommandId& id) const {
  const auto number = store_.get(Families::commands, bytes_of(id));
  if (!number) return std::nullopt;
  return fold::from_ordered(*number);
}

bool StreamReader::may_have_decided(const CommandId& id) const {
  return store_.may_have(Families::commands, bytes_of(id));
}

std::vector<StoredCommit> StreamReader::history(
    std::string_view stream, std::uint64_t version, std::size_t limit) const {
  std::vector<std::string> numbers;
  const auto prefix = std::string{stream} + '\0';
  store_.scan(
      Families::aggregates, prefix, version_key(stream, version + 1), [&](auto, auto number) {
        numbers.emplace_back(number);
        return numbers.size() < limit;
      });
  std::vector<StoredCommit> commits;
  commits.reserve(numbers.size());
  auto stored = store_.get(Families::commits, numbers);
  for (std::size_t i = 0; i < numbers.size(); ++i) {
    if (!stored[i])
      throw schemas::Corrupt(fmt::format("commit {} is missing", fold::from_ordered(numbers[i])));
    decode(
        *stored[i],
        commits.emplace_back(fold::from_ordered(numbers[i]), construct::Commit{}).content);
  }
  return commits;
}

Loaded Streams::fresh(const std::string& stream) const {
  const auto* type = registry_.of_stream(stream);
  if (!type) throw std::invalid_argument(stream + " is of no kind that this build knows");
  return {type->make(), 0};
}

std::optional<Loaded> Streams::load_new(const std::string& stream) const {
  if (store_.may_have(Families::aggregates, version_key(stream, 1))) return std::nullopt;
  return fresh(stream);
}

Loaded Streams::load(const std::string& stream) const {
  auto loaded = fresh(stream);
  if (!store_.get(Families::aggregates, version_key(stream, 1))) return loaded;
  restore(stream, loaded);
  std::size_t folded = 0;
  for (;;) {
    const auto page = history(stream, loaded.version, commits_per_page);
    for (const auto& commit : page)
      for (const auto& fact : commit.content.facts) {
        if (fact.aggregate != stream || fact.version <= loaded.version) continue;
        loaded.aggregate->evolve(fact.type, fact.data.data, commit.content.at);
        loaded.version = fact.version;
        ++folded;
      }
    if (page.size() < commits_per_page) break;
  }
  if (folded >= facts_per_snapshot) save(stream, loaded);
  return loaded;
}

void Streams::restore(const std::string& stream, Loaded& loaded) const {
  const auto bytes = store_.get(Families::snapshots, stream);
  if (!bytes) return;
  construct::SavedState saved;
  decode(*bytes, saved);
  if (saved.code != code_hash) return;  // Other code folds to another state.
  loaded.aggregate->restore(saved.state.data);
  loaded.version = saved.version;
}

void Streams::save(const std::string& stream, const Loaded& loaded) const {
  const auto state = loaded.aggregate->save();
  if (!state) return;
  construct::SavedState saved;
  saved.code = code_hash;
  saved.version = loaded.version;
  saved.state.data = *state;
  store_.write({{Families::snapshots, stream, encode(saved)}});
}

}  // namespace engine
