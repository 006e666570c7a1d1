// The log's stream as JetStream keeps it, in memory: every message gets the next sequence, and one
// that names the sequence it expects to follow is stored there or not at all. One thread.
#pragma once

#include <algorithm>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "domain/fold/log.hpp"

namespace simulation {

class MemoryLog : public fold::Log {
 public:
  std::uint64_t last_sequence() const { return messages_.size(); }

  std::uint64_t append(std::string data) {
    messages_.push_back({last_sequence() + 1, std::move(data)});
    if (on_append_) on_append_();
    return last_sequence();
  }
  // Nats-Expected-Last-Sequence.
  bool append_after(std::uint64_t expected_last_sequence, std::string data) {
    if (last_sequence() != expected_last_sequence) return false;
    append(std::move(data));
    return true;
  }

  void when_appended(std::function<void()> tell) { on_append_ = std::move(tell); }

  const std::vector<fold::Message>& messages() const { return messages_; }
  // At most `most` messages from one sequence on.
  std::vector<fold::Message> read(std::uint64_t from_sequence, std::size_t most) const {
    const auto first = std::min<std::size_t>(from_sequence - 1, messages_.size());
    const auto count = std::min(most, messages_.size() - first);
    const auto begin = messages_.begin() + static_cast<std::ptrdiff_t>(first);
    return {begin, begin + static_cast<std::ptrdiff_t>(count)};
  }

  std::unique_ptr<fold::Subscription> subscribe(std::uint64_t from_sequence) override {
    return std::make_unique<Reading>(*this, from_sequence);
  }
  std::optional<std::uint64_t> end() override { return last_sequence(); }

 private:
  class Reading final : public fold::Subscription {
   public:
    Reading(const MemoryLog& log, std::uint64_t from) : log_{log}, next_{from} {}
    std::vector<fold::Message> next(std::size_t most, int) override {
      auto messages = log_.read(next_, most);
      next_ += messages.size();
      return messages;
    }

   private:
    const MemoryLog& log_;
    std::uint64_t next_;
  };

  std::vector<fold::Message> messages_;
  std::function<void()> on_append_;
};

}  // namespace simulation
