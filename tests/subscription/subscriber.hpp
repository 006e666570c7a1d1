// The platform in memory with a plan in it, a subscriber, and a payment gateway over a bad line.
#pragma once

#include "commands/payment/effects.hpp"
#include "commands/subscription/period_payment.hpp"
#include "tests/dsl/platform.hpp"
#include "tests/payment/bank.hpp"
#include "tests/subscription/values.hpp"

namespace subscription {

struct Subscriber {
  payment::Bank bank;
  dsl::Platform platform{[this] {
    effects::Registry registry;
    payment::add_performers(registry, &bank);
    return registry;
  }()};

  explicit Subscriber(const PlanTerms& offered = terms(), const std::string& zone = "UTC") {
    platform.post(define(offered));
    platform.post(start(zone));
  }

  Subscription state() const { return platform.folded<SubscriptionDecider>("s-1"); }
  S status() const { return state().status; }
  Time renews_at() const { return state().next_start; }
  std::vector<SubscriptionRenewed> renewals() const { return platform.told<SubscriptionRenewed>(); }
  std::vector<std::string> payments() const {
    std::vector<std::string> ids;
    for (const auto& fact : platform.told<SubscriptionPaymentAttached>())
      ids.push_back(fact.payment_id.text());
    return ids;
  }
  bool paid(int period) const { return platform.ended("period_payment", instance(period)); }
  std::string stuck(int period) const { return platform.stuck("period_payment", instance(period)); }
  // What the subscriber has paid.
  std::int64_t kept() const { return bank.total().captured - bank.total().refunded; }
  std::int64_t told(std::string_view fact) const {
    return std::ranges::count(platform.log(), fact);
  }

  void advance_to(Time time) { platform.advance(time - platform.now); }

 private:
  static std::string instance(int period) { return "s-1~" + std::to_string(period); }
};

}  // namespace subscription
