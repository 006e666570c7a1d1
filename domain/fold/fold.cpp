#include "domain/fold/fold.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <thread>

#include "schemas/model.hpp"

namespace fold {
namespace {

constexpr std::string_view cursor_key = "cursor";
// Enough messages in one write to make catching up cheap, few enough to bound its memory.
constexpr std::size_t messages_per_write = 64;
constexpr int patience_ms = 200;  // how long stop() may take to be noticed
constexpr std::chrono::milliseconds gathering{4};

std::string to_bytes(const Cursor& cursor) {
  construct::Cursor stored;
  stored.sequence = cursor.head.sequence;
  stored.epoch = cursor.head.epoch;
  stored.next_commit = cursor.head.next;
  stored.hash.data = text(cursor.head.hash);
  stored.last_commit_at = cursor.head.last_commit_at;
  stored.incarnation = cursor.incarnation;
  return encode(stored);
}

// A fact of a kind that this build does not know must not be passed over.
void check_known(const construct::Commit& commit, const construct::Block& block) {
  for (const auto& fact : commit.facts) {
    const auto* table = schemas::platform().table(fact.type);
    if (!table || table->role != schemas::Role::fact)
      throw NewerBuildNeeded(fmt::format(
          "the log holds a fact {} that this build does not know; construct {} wrote it, run that "
          "version or a "
          "newer one",
          fact.type,
          block.written_by));
  }
}

}  // namespace

std::string behind_all(std::string_view prefix) {
  std::string key{prefix};
  while (!key.empty() && key.back() == '\xff') key.pop_back();
  if (!key.empty()) ++key.back();
  return key;
}

std::string ordered(std::uint64_t number) {
  std::string bytes(sizeof number, '\0');
  for (auto at = bytes.rbegin(); at != bytes.rend(); ++at, number >>= 8)
    *at = static_cast<char>(number & 0xff);
  return bytes;
}

std::uint64_t from_ordered(std::string_view bytes) {
  std::uint64_t number = 0;
  for (const char byte : bytes.substr(0, sizeof number))
    number = number << 8 | static_cast<std::uint8_t>(byte);
  return number;
}

std::string_view id_of(std::string_view aggregate) {
  return aggregate.substr(aggregate.find('/', aggregate.find('/') + 1) + 1);
}

std::optional<Cursor> read_cursor(const Reads& store) {
  const auto bytes = store.get(cursor_family, cursor_key);
  if (!bytes) return std::nullopt;
  construct::Cursor stored;
  decode(*bytes, stored);
  Cursor cursor;
  cursor.head.sequence = stored.sequence;
  cursor.head.epoch = stored.epoch;
  cursor.head.next = stored.next_commit;
  std::ranges::copy_n(
      stored.hash.data.begin(), std::ssize(cursor.head.hash), cursor.head.hash.begin());
  cursor.head.last_commit_at = stored.last_commit_at;
  cursor.incarnation = stored.incarnation;
  return cursor;
}

Runner::Runner(Store& store, Fold& fold, Listener listener)
    : store_{store},
      fold_{fold},
      listener_{std::move(listener)},
      cursor_{read_cursor(store).value_or(Cursor{})} {}

Cursor Runner::cursor() const {
  const std::lock_guard lock{mutex_};
  return cursor_;
}

Progress Runner::apply(const Message& message, Cursor& cursor, Batch& batch) {
  const auto block = follow(cursor.head, message);
  if (!block) return {cursor.head, false};
  CommitNumber number = block->first_commit;
  construct::Commit content;
  for (const auto& stored : block->commits) {
    decode(stored.bytes.data, content);
    check_known(content, *block);
    if (number == 0) {
      construct::LogStarted started;
      decode(content.facts.at(0).data.data, started);
      cursor.incarnation = started.incarnation;
    }
    cursor.head.last_commit_at = content.at;
    fold_.apply({number++, stored.bytes.data, content}, batch);
  }
  return {cursor.head, true};
}

void Runner::apply(const std::vector<Message>& messages) {
  Cursor cursor = this->cursor();
  Batch batch;
  std::vector<Progress> progress;
  for (const auto& message : messages) {
    if (message.sequence <= cursor.head.sequence)
      continue;  // Delivered again after a reconnection.
    progress.push_back(apply(message, cursor, batch));
  }
  if (progress.empty()) return;
  fold_.flush(batch);
  batch.push_back({cursor_family, std::string{cursor_key}, to_bytes(cursor)});
  store_.write(batch);
  {
    const std::lock_guard lock{mutex_};
    cursor_ = cursor;
  }
  listener_(progress, cursor.incarnation);
}

void Runner::run(Log& log) {
  const auto subscription = log.subscribe(cursor().head.sequence + 1);
  // Every write costs the same, however much is in it, and so does every waking up: while messages
  // come one upon the other they are left to gather.
  auto last = std::chrono::steady_clock::time_point{};
  while (!stopping_) {
    if (std::chrono::steady_clock::now() - last < gathering) std::this_thread::sleep_for(gathering);
    const auto messages = subscription->next(messages_per_write, patience_ms);
    if (messages.empty()) continue;
    apply(messages);
    last = std::chrono::steady_clock::now();
  }
}

}  // namespace fold
