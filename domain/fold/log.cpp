#include "domain/fold/log.hpp"

#include <fmt/format.h>

#include <stdexcept>

namespace fold {

std::optional<construct::Block> follow(Head& head, const Message& message) {
  head.sequence = message.sequence;
  construct::Block block;
  try {
    decode(message.data, block);
  } catch (const schemas::Corrupt&) {
    return std::nullopt;
  }
  const bool next = block.first_commit == head.next && block.epoch >= head.epoch &&
                    block.previous.data == text(head.hash);
  if (!next) return std::nullopt;
  if (block.format != log_format)
    throw NewerBuildNeeded(fmt::format(
        "block at sequence {} was written by construct {} in format {}; run that version or a "
        "newer one",
        message.sequence,
        block.written_by,
        block.format));
  head.epoch = block.epoch;
  head.next = block.first_commit + block.commits.size();
  head.hash = sha256(message.data);
  return block;
}

std::string make_block(
    const Head& head, std::uint64_t epoch, std::vector<construct::StoredCommit> commits) {
  construct::Block block;
  block.format = log_format;
  block.written_by = CONSTRUCT_VERSION;
  block.epoch = epoch;
  block.first_commit = head.next;
  block.previous.data = text(head.hash);
  block.commits = std::move(commits);
  return encode(block);
}

}  // namespace fold
