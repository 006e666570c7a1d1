// The books of the simulated card gateway: what was asked under which key, what it did, and what
// the shop is still to be told by webhook.
//
// Everything that an operation does is one synced write, so what was answered is never lost, and a
// key takes effect at most once. What the shop got wrong is answered with {"error", "message"} and
// binds nothing; what the bank refuses (declined, failed) is an outcome and binds its key.
//
// Concurrency: any thread; one operation at a time.
#pragma once

#include <chrono>
#include <functional>
#include <mutex>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "domain/kernel/clock.hpp"
#include "gateways/rocks/database.hpp"
#include "gateways/simulators/payment/records.hpp"

namespace simulator {

// How the scripted payment methods misbehave.
struct Script {
  std::chrono::milliseconds answer_late{5'000};   // longer than the shop's patience
  std::chrono::milliseconds webhook_late{1'000};  // what test_webhook_… are late by
  // How long the first webhook of test_webhook_chaos waits to be overtaken by the second.
  std::chrono::milliseconds overtaken_within{30'000};
  std::chrono::milliseconds retry_first{500};  // of a webhook not taken; doubles
  std::chrono::milliseconds retry_most{60'000};
};

struct Charge {
  std::int64_t amount = 0;
  std::string currency, method, reference;
  // No part of what it asks for:
  std::string base;         // by which address the shop reaches the gateway
  nlohmann::json metadata;  // comes back with each webhook
};

struct Answer {
  unsigned status = 200;
  nlohmann::json body;
  enum class When : std::uint8_t { at_once, late, never } when = When::at_once;
};

class Bank {
 public:
  struct Options {
    rocks::Database& store;  // with families()
    const kernel::Clock& clock;
    Script script;
    // Called when there is a new webhook, on the thread of whoever caused it; absent: the shop
    // wants none.
    std::function<void()> webhook_waits;
  };

  explicit Bank(Options options);
  static std::vector<std::string> families();

  Answer authorize(const std::string& key, const Charge& charge);
  Answer capture(const std::string& key, const std::string& payment_id, std::int64_t amount);
  Answer void_payment(const std::string& key, const std::string& payment_id);
  Answer refund(const std::string& key, const std::string& payment_id, std::int64_t amount);
  // What the customer does about a payment that waits for them: "authorized" or "declined".
  Answer complete_action(const std::string& payment_id, const std::string& outcome);
  Answer look_up(const std::string& key) const;
  Answer fence(const std::string& key);
  // The lines from `from` on and before `to`, the oldest first.
  Answer statement(kernel::Time from, kernel::Time to) const;

  // The webhook that is due first; it may not be due yet.
  std::optional<Webhook> next_webhook();
  void delivered(const Webhook& webhook);
  void not_taken(const Webhook& webhook);

 private:
  class Posting;

  Answer once(
      const std::string& key,
      const std::string& operation,
      const nlohmann::json& asked,
      const std::function<Answer(Posting&)>& act);
  // `act` gets the payment and does nothing, or says why it does not.
  Answer once_on(
      const std::string& key,
      const std::string& operation,
      const std::string& payment_id,
      std::int64_t amount,
      const std::function<std::string(Payment&)>& act);

  std::optional<Payment> payment(const std::string& id) const;
  std::optional<Asked> asked(const std::string& key) const;
  kernel::Time next_time();

  Options options_;
  mutable std::mutex mutex_;  // guards the store against two operations at once, and what follows
  kernel::Time last_{};
  // No webhook is before this one. To look from here saves passing over all that were taken.
  std::string webhooks_from_;
};

}  // namespace simulator
