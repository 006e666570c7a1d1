#include "domain/fold/block_view.hpp"

#include <fmt/format.h>

#include <stdexcept>

#include "schemas/flat_bytes.hpp"
#include "schemas/model.hpp"

namespace fold {
namespace {

using schemas::FlatBytes;
using schemas::Kind;

std::uint16_t slot(std::string_view table, std::string_view field) {
  return schemas::platform().table(table)->field(field)->slot;
}

// Where fields stand, as the schema has it.
struct Slots {
  std::uint16_t format = slot("Block", "format"), written_by = slot("Block", "written_by"),
                epoch = slot("Block", "epoch"), first_commit = slot("Block", "first_commit"),
                previous = slot("Block", "previous"), commits = slot("Block", "commits"),
                bytes = slot("StoredCommit", "bytes");
  std::uint16_t command_id = slot("Commit", "command_id"), command = slot("Commit", "command"),
                client = slot("Commit", "client"), correlation = slot("Commit", "correlation"),
                causation = slot("Commit", "causation"), actor = slot("Commit", "actor"),
                at = slot("Commit", "at"), facts = slot("Commit", "facts"),
                rejection = slot("Commit", "rejection");
  std::uint16_t aggregate = slot("Fact", "aggregate"), version = slot("Fact", "version"),
                type = slot("Fact", "type"), data = slot("Fact", "data");
};
const Slots& slots() {
  static const Slots all;
  return all;
}

// One table's fields, none of which may be missing.
class Fields {
 public:
  Fields(FlatBytes& bytes, FlatBytes::TableAt table) : bytes_{bytes}, table_{table} {}

  std::size_t at(std::uint16_t slot) const {
    const auto found = bytes_.field(table_, slot);
    if (found == 0) throw schemas::Corrupt("a field is missing from the stored bytes");
    return found;
  }
  std::string_view content(std::uint16_t slot) const {
    return bytes_.content(bytes_.follow(at(slot)));
  }
  std::int64_t number(std::uint16_t slot, Kind kind) const { return bytes_.scalar(kind, at(slot)); }
  std::uint64_t count(std::uint16_t slot) const {
    return static_cast<std::uint64_t>(number(slot, Kind::uint64));
  }
  template <class Use>
  void each(std::uint16_t slot, Use&& use) const {
    const auto items = bytes_.list(bytes_.follow(at(slot)), sizeof(std::uint32_t));
    for (std::size_t i = 0; i < items.size; ++i)
      use(Fields{bytes_, bytes_.table(bytes_.follow(items.first + i * sizeof(std::uint32_t)))});
  }
  std::optional<std::string_view> optional(std::uint16_t slot) const {
    return bytes_.field(table_, slot) == 0 ? std::nullopt : std::optional{content(slot)};
  }

 private:
  FlatBytes& bytes_;
  FlatBytes::TableAt table_;
};

}  // namespace

bool read(const Message& message, BlockView& block) try {
  const auto& at = slots();
  FlatBytes bytes{message.data};
  const Fields fields{bytes, bytes.root()};
  block.format = static_cast<std::uint16_t>(fields.number(at.format, Kind::uint16));
  block.written_by = fields.content(at.written_by);
  block.epoch = fields.count(at.epoch);
  block.first_commit = fields.count(at.first_commit);
  block.previous = fields.content(at.previous);
  block.commits.clear();
  fields.each(
      at.commits, [&](const Fields& stored) { block.commits.push_back(stored.content(at.bytes)); });
  return true;
} catch (const schemas::Corrupt&) {
  return false;
}

bool follow(Head& head, const Message& message, BlockView& block) {
  head.sequence = message.sequence;
  if (!read(message, block)) return false;
  const bool next = block.first_commit == head.next && block.epoch >= head.epoch &&
                    block.previous == text(head.hash);
  if (!next) return false;
  if (block.format != log_format)
    throw NewerBuildNeeded(fmt::format(
        "block at sequence {} was written by construct {} in format {}; run that version or a "
        "newer one",
        head.sequence,
        block.written_by,
        block.format));
  head.epoch = block.epoch;
  head.next = block.first_commit + block.commits.size();
  head.hash = sha256(message.data);
  return true;
}

bool follow(Head& head, const Message& message) {
  BlockView block;
  return follow(head, message, block);
}

void read(CommitNumber number, std::string_view stored, CommitView& commit) {
  const auto& at = slots();
  FlatBytes bytes{stored};
  const Fields fields{bytes, bytes.root()};
  commit.number = number;
  commit.bytes = stored;
  commit.command_id = fields.content(at.command_id);
  commit.command = fields.content(at.command);
  commit.client = fields.content(at.client);
  commit.correlation = fields.content(at.correlation);
  commit.causation = fields.content(at.causation);
  commit.actor = fields.content(at.actor);
  commit.at = Time{std::chrono::microseconds{fields.number(at.at, Kind::int64)}};
  commit.rejection = fields.optional(at.rejection);
  commit.facts.clear();
  fields.each(at.facts, [&](const Fields& fact) {
    commit.facts.push_back(
        {fact.content(at.aggregate),
         fact.count(at.version),
         fact.content(at.type),
         fact.content(at.data)});
  });
}

std::string incarnation_of(const CommitView& commit) {
  if (commit.facts.empty())
    throw schemas::Corrupt("the commit that begins the log has no fact that names it");
  const auto& fact = commit.facts.front();
  if (fact.type == construct::LogRestored::type_name) {
    construct::LogRestored restored;
    decode(fact.data, restored);
    return restored.incarnation;
  }
  construct::LogStarted started;
  decode(fact.data, started);
  return started.incarnation;
}

}  // namespace fold
