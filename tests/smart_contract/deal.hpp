// The contract of values.hpp in the platform in memory, with its flows, payments and a gateway over
// a bad line.
#pragma once

#include "commands/payment/effects.hpp"
#include "tests/dsl/platform.hpp"
#include "tests/payment/bank.hpp"
#include "tests/smart_contract/values.hpp"

namespace smart_contract {

struct Deal {
  payment::Bank bank;
  dsl::Platform platform{[this] {
    effects::Registry registry;
    payment::add_performers(registry, &bank);
    return registry;
  }()};

  Deal() {
    platform.post(RegisterTemplate{.template_id = t1, .source_hash = hash});
    platform.post(ApproveTemplate{.template_id = t1, .audit_ref = "audit-1"});
    platform.post(draft());
  }
  void sign_all() {
    for (const auto& id : {ann, bob, cyd, dan}) platform.post(sign_as(id));
  }
  void fund_it() {
    sign_all();
    platform.post(fund);
    platform.settle(1);
  }
  Agreement contract() const { return platform.folded<AgreementDecider>("c-1"); }
  AgreementStatus status() const { return contract().status; }
  bool ended() const { return platform.ended("escrow", "c-1"); }
  std::string stuck() const { return platform.stuck("escrow", "c-1"); }
  std::int64_t told(std::string_view fact) const {
    return std::ranges::count(platform.log(), fact);
  }
  // Of the payment that was tried first, second …
  const payment::Bank::Account& account(int number = 1) {
    return bank.account("c-1~" + std::to_string(number) + "~authorization~1");
  }
};

}  // namespace smart_contract
