#include "domain/fold/log.hpp"

#include <algorithm>
#include <stdexcept>

namespace fold {
namespace {

constexpr std::uint64_t messages_at_once = 64;

}  // namespace

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

void read_through(
    Log& log,
    std::uint64_t end,
    std::chrono::milliseconds patience,
    const std::function<void(const std::vector<Message>&)>& use) {
  using std::chrono::steady_clock;
  const auto reading = log.subscribe(1);
  auto until = steady_clock::now() + patience;
  for (std::uint64_t at = 0; at < end;) {
    const auto messages =
        reading->next(std::min(messages_at_once, end - at), static_cast<int>(patience.count()));
    if (messages.empty()) {
      if (steady_clock::now() < until) continue;  // a connection was lost and found
      throw std::runtime_error("the log does not answer; see whether nats-server runs");
    }
    at = messages.back().sequence;
    use(messages);
    until = steady_clock::now() + patience;
  }
}

}  // namespace fold
