// A log that tells how it is read, and one that grows.
#pragma once

#include <atomic>

#include "domain/fold/log.hpp"
#include "schemas/inventory.hpp"
#include "tests/flows/history.hpp"

class CountedLog final : public fold::Log {
 public:
  explicit CountedLog(fold::Log& log) : log_{log} {}

  std::unique_ptr<fold::Subscription> subscribe(std::uint64_t from) override {
    ++open;
    return std::make_unique<Reading>(*this, log_.subscribe(from));
  }

  std::optional<std::uint64_t> end() override { return log_.end(); }

  std::atomic<int> open{0};  // subscriptions
  std::atomic<std::size_t> read{0};

 private:
  class Reading final : public fold::Subscription {
   public:
    Reading(CountedLog& of, std::unique_ptr<fold::Subscription> inner)
        : of_{of}, inner_{std::move(inner)} {}
    ~Reading() override { --of_.open; }
    std::vector<fold::Message> next(std::size_t most, int patience_ms) override {
      auto messages = inner_->next(most, patience_ms);
      of_.read += messages.size();
      return messages;
    }

   private:
    CountedLog& of_;
    std::unique_ptr<fold::Subscription> inner_;
  };

  fold::Log& log_;
};

inline void grow(history::Log& log, int commits) {
  for (int i = 0; i < commits; ++i)
    log.fact("inventory/StockItem/sku-1", inventory::StockReceived{.quantity = 1});
}
