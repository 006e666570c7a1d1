#include "domain/fold/fold.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "schemas/model.hpp"

namespace fold {
namespace {

constexpr std::string_view cursor_key = "cursor";

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
void check_known(const CommitView& commit, const BlockView& block) {
  for (const auto& fact : commit.facts) {
    const auto* table = schemas::platform().table(fact.type);
    if (!table || table->role != schemas::Role::fact)
      throw NewerBuildNeeded(fmt::format(
          "the log holds a fact {} that this build does not know; construct {} wrote it, run that "
          "version or a newer one",
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

void Runner::apply(const std::vector<Message>& messages) { apply({this}, messages); }

void Runner::apply(const std::vector<Runner*>& runners, const std::vector<Message>& messages) {
  Cursor cursor = runners.front()->cursor();
  std::vector<Batch> batches(runners.size());
  std::vector<Progress> progress;
  BlockView block;
  CommitView commit;
  for (const auto& message : messages) {
    if (message.sequence <= cursor.head.sequence)
      continue;  // Delivered again after a reconnection.
    const bool valid = follow(cursor.head, message, block);
    progress.push_back({cursor.head, valid});
    if (!valid) continue;
    auto number = block.first_commit;
    for (const auto bytes : block.commits) {
      read(number++, bytes, commit);
      check_known(commit, block);
      if (begins_life(commit)) cursor.incarnation = incarnation_of(commit);
      cursor.head.last_commit_at = commit.at;
      for (std::size_t i = 0; i < runners.size(); ++i) runners[i]->fold_.apply(commit, batches[i]);
    }
    progress.back().head = cursor.head;
  }
  if (progress.empty()) return;
  for (std::size_t i = 0; i < runners.size(); ++i) runners[i]->write(batches[i], progress, cursor);
}

void Runner::write(Batch& batch, const std::vector<Progress>& progress, const Cursor& cursor) {
  fold_.flush(batch);
  batch.push_back({cursor_family, std::string{cursor_key}, to_bytes(cursor)});
  store_.take(std::move(batch));
  {
    const std::lock_guard lock{mutex_};
    cursor_ = cursor;
  }
  listener_(progress, cursor.incarnation);
}

}  // namespace fold
