#include "tests/simulation/chain.hpp"

#include <fmt/format.h>
#include <openssl/evp.h>

namespace simulation {
namespace {

std::string digest(const std::string& data) {
  std::string bytes(32, '\0');
  EVP_Digest(
      data.data(),
      data.size(),
      reinterpret_cast<unsigned char*>(bytes.data()),
      nullptr,
      EVP_sha256(),
      nullptr);
  return bytes;
}

}  // namespace

bool Chain::is_next(const construct::Block& block) const {
  return block.first_commit == entries_.size() && block.previous.data == previous_ &&
         block.epoch >= epoch_;
}

void Chain::take(const construct::Block& block, std::uint64_t sequence) {
  for (const auto& stored : block.commits) {
    Entry entry{sequence, {}};
    decode(stored.bytes.data, entry.commit);
    const auto number = entries_.size();
    if (!by_id_.emplace(entry.commit.command_id.data, number).second)
      faults_.push_back(fmt::format("commit {} was made by a command that had made one", number));
    if (!entries_.empty() && entry.commit.at <= entries_.back().commit.at)
      faults_.push_back(fmt::format("commit {} is no later than the one before", number));
    entries_.push_back(std::move(entry));
  }
}

void Chain::follow(const MemoryLog& log) {
  for (; read_ < log.messages().size(); ++read_) {
    const auto& message = log.messages()[read_];
    construct::Block block;
    bool valid = false;
    try {
      decode(message.data, block);
      valid = is_next(block);
    } catch (const schemas::Corrupt&) {
    }
    if (!valid) {
      strays_.push_back(message.sequence);
      continue;
    }
    epoch_ = block.epoch;
    previous_ = digest(message.data);
    take(block, message.sequence);
  }
}

const Chain::Entry* Chain::made_by(const std::string& command_id) const {
  const auto found = by_id_.find(command_id);
  return found == by_id_.end() ? nullptr : &entries_[found->second];
}

}  // namespace simulation
