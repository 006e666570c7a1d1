// Blocks and commits read where they lie, nothing copied: for whoever reads all of the log and
// keeps little of it. Everything is checked as it is read (schemas/flat_bytes.hpp).
//
// What a view holds points into the message, which must outlive it. One thread each.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "domain/fold/fold.hpp"
#include "domain/fold/log.hpp"

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
  BlockHead head;
  std::vector<std::string_view> commits;
};

// As follow() of log.hpp: false when the message is not the next valid block.
bool follow(Head& head, const Message& message, BlockView& block);

// Throws schemas::Corrupt when the bytes are no commit.
void read(CommitNumber number, std::string_view bytes, CommitView& commit);

// For what takes commits as folds do.
construct::Commit to_commit(const CommitView& view);
inline bool restores(const CommitView& commit) { return commit.command == restore_command; }

}  // namespace fold
