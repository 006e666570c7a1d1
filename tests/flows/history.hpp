// A log in the making, for what folds it.
#pragma once

#include <condition_variable>
#include <mutex>
#include <optional>
#include <vector>

#include "commands/engine/streams.hpp"
#include "domain/fold/fold.hpp"

namespace history {

inline constexpr schemas::Time beginning{std::chrono::seconds{1'750'000'000}};

// Commits as an engine writes them, a block each.
class Log final : public fold::Log {
 public:
  Log() {
    construct::Commit genesis;
    genesis.at = at_;
    add_fact(genesis, "construct/Log/test", construct::LogStarted{.incarnation = "0badcafe"});
    append(genesis);
  }

  // Moves the time of the commits that follow.
  Log& at(schemas::Time time) {
    at_ = time;
    return *this;
  }
  schemas::Time now() const { return at_; }

  template <class Fact>
  Log& fact(const std::string& stream, const Fact& fact) {
    construct::Commit commit;
    commit.at = at_ += std::chrono::microseconds{1};
    add_fact(commit, stream, fact);
    return append(commit);
  }

  // As it is given, but for its time and the versions of its facts.
  Log& commit(construct::Commit commit) {
    commit.at = at_ += std::chrono::microseconds{1};
    for (auto& fact : commit.facts) fact.version = ++versions_[fact.aggregate];
    return append(commit);
  }

  // What became of the command that `sender` sent with this key.
  Log& decided(
      std::string_view sender, std::string_view key, std::optional<std::string> rejection = {}) {
    construct::Commit commit;
    commit.at = at_ += std::chrono::microseconds{1};
    commit.client = sender;
    const auto id = engine::command_id(sender, key);
    commit.command_id.data.assign(id.begin(), id.end());
    commit.rejection = std::move(rejection);
    return append(commit);
  }

  Log& restored() {
    construct::Commit commit;
    commit.at = at_ += std::chrono::microseconds{1};
    commit.command = fold::restore_command;
    add_fact(commit, "construct/Log/test", construct::LogRestored{.incarnation = "1badcafe"});
    return append(commit);
  }
  // A message that is no block of the log.
  Log& stray() {
    {
      const std::lock_guard lock{mutex_};
      messages_.push_back({messages_.size() + 1, "stray"});
      fold::follow(head_, messages_.back());
    }
    grown_.notify_all();
    return *this;
  }

  std::vector<fold::Message> messages() const {
    const std::lock_guard lock{mutex_};
    return messages_;
  }
  std::uint64_t last_sequence() const {
    const std::lock_guard lock{mutex_};
    return messages_.size();
  }

  std::unique_ptr<fold::Subscription> subscribe(std::uint64_t from) override {
    return std::make_unique<Reader>(*this, from);
  }
  std::optional<std::uint64_t> end() override { return last_sequence(); }

 private:
  class Reader final : public fold::Subscription {
   public:
    Reader(Log& log, std::uint64_t from) : log_{log}, next_{from} {}
    std::vector<fold::Message> next(std::size_t most, int patience_ms) override {
      std::unique_lock lock{log_.mutex_};
      log_.grown_.wait_for(lock, std::chrono::milliseconds{patience_ms}, [&] {
        return log_.messages_.size() >= next_;
      });
      std::vector<fold::Message> messages;
      while (next_ <= log_.messages_.size() && messages.size() < most)
        messages.push_back(log_.messages_[next_++ - 1]);
      return messages;
    }

   private:
    Log& log_;
    std::uint64_t next_;
  };

  template <class Fact>
  void add_fact(construct::Commit& commit, const std::string& stream, const Fact& fact) {
    auto& made = commit.facts.emplace_back();
    made.aggregate = stream;
    made.version = ++versions_[stream];
    made.type = Fact::type_name;
    made.data.data = encode(fact);
  }

  Log& append(const construct::Commit& commit) {
    construct::StoredCommit stored;
    stored.bytes.data = encode(commit);
    {
      const std::lock_guard lock{mutex_};
      messages_.push_back({messages_.size() + 1, fold::make_block(head_, 1, {std::move(stored)})});
      fold::follow(head_, messages_.back());
    }
    grown_.notify_all();
    return *this;
  }

  mutable std::mutex mutex_;  // guards what follows
  std::condition_variable grown_;
  std::vector<fold::Message> messages_;
  fold::Head head_;
  schemas::Time at_ = beginning;
  std::map<std::string, std::uint64_t> versions_;
};

}  // namespace history
