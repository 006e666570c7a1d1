// Random histories: whatever people, the gateway, its line and time may do, one thing at a time.
#include <random>

#include "tests/smart_contract/deal.hpp"

using namespace smart_contract;
using payment::GatewayOutcome;
using S = AgreementStatus;

namespace {

class RandomDeal {
 public:
  explicit RandomDeal(unsigned seed) : random_{seed} {
    deal.bank.line = [this] {
      return pick(4) ? payment::Bank::Line::good : static_cast<payment::Bank::Line>(pick(4));
    };
    if (pick(4)) deal.fund_it();
  }

  void act() {
    auto& platform = deal.platform;
    switch (pick(24)) {
      case 0:
        return post(sign_as(anybody()));
      case 1:
        deal.bank.next = std::array{
            GatewayOutcome::authorized,
            GatewayOutcome::authorized,
            GatewayOutcome::declined}[static_cast<std::size_t>(pick(3))];
        return post(fund);
      case 2:
      case 3:
        return post(deliver(either(), payee()));
      case 4:
      case 5:
        return post(accept(either()));
      case 6:
        return post(reject(either()));
      case 7:
        return post(dispute(either(), pick(2) ? d1 : d2, anybody()));
      case 8:
        return post(rule(pick(10'001), pick(2) ? eve : fay, pick(2) ? d1 : d2));
      case 9:
        return pick(6) ? void() : post(terminate(anybody()));
      case 10:
        return post(auto_accept(either()));
      case 11:
        return post(EscalateDispute{.contract_id = c1, .dispute_id = pick(2) ? d1 : d2});
      case 12:
        return post(payment::RequestRefund{
            .payment_id = p1,
            .refund_id = schemas::Id<"Refund">{"r-" + std::to_string(pick(3))},
            .amount = 1 + pick(9000)});
      case 13:
        return pick(4) ? void() : post(payment::VoidPayment{.payment_id = p1});
      case 14:
        platform.now += std::chrono::hours{pick(120)};
        return;
      case 15:
        return void(deal.bank.late());
      case 16:
        deal.bank.refuse_refunds = pick(3) == 0;
        return;
      case 17:
        if (const auto& events = deal.bank.events(); !events.empty())
          post(events[static_cast<std::size_t>(pick(static_cast<int>(events.size())))]);
        return;
      default:
        if (const auto errands = platform.errands(); !errands.empty())
          platform.run_errand(
              errands[static_cast<std::size_t>(pick(static_cast<int>(errands.size())))]);
    }
    check();
  }

  // The line is mended, and nobody does anything but time.
  void rest() {
    deal.bank.line = [] { return payment::Bank::Line::good; };
    deal.bank.refuse_refunds = false;
    while (deal.bank.late()) {
    }
    for (const auto& event : deal.bank.events()) deal.platform.post(event);
    for (int weeks = 0; weeks < 30; ++weeks) deal.platform.advance(days{7});
    check();
  }

  void check() {
    const auto contract = deal.contract();
    CHECK(contract.released + contract.refunded <= contract.funded);
    CHECK(contract.refunded <= total().refunded);
    CHECK(deal.told("ContractSettled") <= 1);
    CHECK(deal.told("EscrowFunded") <= 1);
    CHECK(deal.told("MilestoneSettled") <= 2);
  }

  payment::Bank::Account total() const { return deal.bank.total(); }
  Deal deal;

 private:
  template <class Command>
  void post(const Command& command) {
    deal.platform.post(command);
  }
  int pick(int below) { return std::uniform_int_distribution<int>{0, below - 1}(random_); }
  const MilestoneId& either() { return pick(2) ? m1 : m2; }
  const UserId& payee() { return pick(2) ? bob : cyd; }
  const UserId& anybody() {
    return *std::array{&ann, &bob, &cyd, &dan}[static_cast<std::size_t>(pick(4))];
  }

  std::mt19937 random_;
};

}  // namespace

TEST_SUITE("smart_contract: random histories") {
  TEST_CASE("whatever happens, all that was paid is the payees' or the funder's, once") {
    const auto chosen = std::random_device{}();
    std::map<S, int> ends;
    for (unsigned seed = 0; seed < 150; ++seed) {
      const auto used = seed == 0 ? static_cast<unsigned>(chosen) : seed;
      INFO("seed ", used);
      RandomDeal random{used};
      for (int i = 0; i < 60; ++i) random.act();
      random.rest();
      const auto contract = random.deal.contract();
      const auto money = random.total();
      ++ends[contract.status];
      CHECK(contract.ended());
      CHECK(random.deal.stuck().empty());
      CHECK(random.deal.ended());
      CHECK(money.held == 0);
      CHECK(money.captured - money.refunded == contract.released);
      CHECK(contract.released + contract.refunded == contract.funded);
      if (contract.in_escrow()) CHECK(random.deal.told("ContractSettled") == 1);
    }
    for (const auto end : {S::settled, S::refunded, S::terminated, S::expired}) {
      INFO("an end that never came: ", name_of(end));
      CHECK(ends[end] > 0);
    }
  }
}

TEST_SUITE("smart_contract: years") {
  // From one timer to the next, as the platform's clock has it.
  TEST_CASE_FIXTURE(Deal, "a contract of ten years ends by itself, to the day") {
    const auto began = platform.now;
    auto command = draft();
    command.contract_id = schemas::Id<"Agreement">{"c-2"};
    command.milestones[0].due_at = began + days{365 * 5};
    command.milestones[1].due_at = began + days{365 * 10};
    auto its = terms;
    its.contract_id = command.contract_id;
    its.milestones = command.milestones;
    platform.post(command);
    const auto hashed = hash_of(its);
    for (const auto& id : {ann, bob, cyd, dan})
      platform.post(SignContract{
          .contract_id = command.contract_id,
          .party_id = id,
          .signature = sign(id.text(), hashed)});
    auto pay = fund;
    pay.contract_id = command.contract_id;
    platform.post(pay);
    platform.settle();
    for (auto next = platform.next_timer(); next; next = platform.next_timer()) {
      platform.now = *next;
      platform.settle();
    }
    const auto contract = platform.folded<AgreementDecider>("c-2");
    CHECK(contract.status == S::refunded);
    CHECK(contract.refunded == 15'001);
    CHECK(std::chrono::floor<days>(platform.now - began) == days{365 * 10});
    CHECK(platform.ended("escrow", "c-2"));
    CHECK(status() == S::expired);  // the one that nobody signed
  }
}
