// Blocks and commits of the log, read where they lie: nothing is copied, so that whoever keeps
// little of the log pays for little. Everything is checked as it is read (schemas/flat_bytes.hpp).
//
// What a view holds points into the message, which must outlive it. One thread each.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "domain/fold/log.hpp"
#include "domain/fold/names.hpp"

namespace fold {

struct FactView {
  std::string_view aggregate;  // "inventory/StockItem/sku-1"
  std::uint64_t version = 0;
  std::string_view type;
  std::string_view data;  // its FlatBuffer, aligned as in the message
};

struct CommitView {
  CommitNumber number = 0;
  std::string_view bytes;  // as stored in the block
  std::string_view command_id, command, client, correlation, causation, actor;
  Time at;
  std::optional<std::string_view> rejection;
  std::vector<FactView> facts;  // whose memory is kept from one commit to the next
};

struct BlockView {
  std::uint16_t format = 0;
  std::string_view written_by;
  std::uint64_t epoch = 0;
  CommitNumber first_commit = 0;
  std::string_view previous;  // the hash of the block before
  std::vector<std::string_view> commits;
};

// Reads a message as the next block of the chain and moves `head` past it. A message that is not
// the next valid block is no part of the log: then it is false, and `head` moves past its sequence
// only. Throws NewerBuildNeeded when the block is of a format that this build does not know.
bool follow(Head& head, const Message& message, BlockView& block);
bool follow(Head& head, const Message& message);

// False when the message is no block at all. Whether it is part of the log, follow() tells.
bool read(const Message& message, BlockView& block);
// Throws schemas::Corrupt when the bytes are no commit.
void read(CommitNumber number, std::string_view bytes, CommitView& commit);

// What the commit that begins a restored log is named, and whether a commit is that one.
inline constexpr std::string_view restore_command = "RestoreLog";
inline bool restores(const CommitView& commit) { return commit.command == restore_command; }
// Whether a life of the log begins with it: the log's first commit, and each that restores it.
inline bool begins_life(const CommitView& commit) { return commit.number == 0 || restores(commit); }
// Which one. Throws schemas::Corrupt when it begins none.
std::string incarnation_of(const CommitView& commit);

}  // namespace fold
