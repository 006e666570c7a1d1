// Escrow and its disputes from end to end, in memory: the contract, its payment, the flows with
// their timers.
#include "tests/smart_contract/deal.hpp"

using namespace smart_contract;
using dsl::Names;
using payment::GatewayOutcome;
using S = AgreementStatus;

TEST_SUITE("smart_contract: transactions") {
  TEST_CASE_FIXTURE(Deal, "a contract is drafted from a template that is approved, or not at all") {
    auto other = draft();
    other.contract_id = schemas::Id<"Agreement">{"c-2"};
    other.template_id = schemas::Id<"ContractTemplate">{"escrow-2"};
    CHECK(platform.run(other) == Names{"not_found"});
    platform.run(
        RegisterTemplate{.template_id = other.template_id, .source_hash = std::string(64, 'a')});
    CHECK(platform.run(other) == Names{"smart_contract/template_not_approved"});
    CHECK(
        platform.run(RegisterTemplate{
            .template_id = schemas::Id<"ContractTemplate">{"escrow-3"}, .source_hash = hash}) ==
        Names{"smart_contract/hash_exists"});
  }
  TEST_CASE_FIXTURE(Deal, "funding asks for its payment in the same commit") {
    sign_all();
    CHECK(
        platform.run(fund) ==
        Names{"FundingRequested", "PaymentInitiated", "RiskAssessed", "AuthorizationRequested"});
  }
  TEST_CASE_FIXTURE(Deal, "a payment that the contract has not asked for is not its") {
    sign_all();
    const payment::InitiatePayment by_hand{
        .payment_id = PaymentId{"mine"},
        .contract_id = c1,
        .user_id = ann,
        .amount = 15'001,
        .currency_code = "EUR",
        .payment_method = "test_ok"};
    CHECK(platform.run(by_hand) == Names{"smart_contract/funding_not_requested"});
    auto for_nothing = by_hand;
    for_nothing.contract_id.reset();
    CHECK(platform.run(for_nothing) == Names{"payment/reference_invalid"});
  }
  TEST_CASE_FIXTURE(Deal, "who decides a milestone settles it in the same commit") {
    fund_it();
    platform.post(deliver());
    CHECK(
        platform.post(accept()) ==
        Names{"DeliveryAccepted", "SettlementRequested", "MilestoneSettled"});
    platform.post(deliver(m2));
    CHECK(
        platform.post(accept(m2)) ==
        Names{"DeliveryAccepted", "SettlementRequested", "MilestoneSettled", "ContractSettled"});
    CHECK(contract().released == 15'001);
    CHECK(status() == S::settled);
  }
  TEST_CASE_FIXTURE(Deal, "nobody records a settlement, or takes money out, by hand") {
    fund_it();
    platform.post(deliver());
    platform.post(dispute());
    CHECK(platform.post(rule(0)) == Names{"DisputeRuled", "SettlementRequested"});
    const RecordSettlement early{
        .contract_id = c1, .milestone_id = m1, .refund_id = schemas::Id<"Refund">{"c-1~m-1~1"}};
    CHECK(platform.run(early) == Names{"payment/not_refunded"});
    CHECK(
        platform.run(payment::RequestRefund{
            .payment_id = p1,
            .refund_id = schemas::Id<"Refund">{"mine"},
            .amount = 10'001,
            .reason = "mine"}) == Names{"smart_contract/refund_not_due"});
    platform.settle();
    CHECK(account().refunded == 10'001);
    CHECK(platform.run(early) == Names{"smart_contract/already_settled"});
  }
  TEST_CASE_FIXTURE(Deal, "the money goes into escrow whole") {
    sign_all();
    platform.post(fund);
    // Ann's bank has authorized it; somebody is quicker than the flow.
    for (const auto& id : platform.errands()) platform.run_errand(id);
    CHECK(
        platform.run(payment::CapturePayment{.payment_id = p1, .amount = 1}) ==
        Names{"smart_contract/wrong_amount"});
    platform.settle();
    CHECK(status() == S::funded);
  }
}

TEST_SUITE("smart_contract: escrow flow") {
  TEST_CASE_FIXTURE(Deal, "signed, funded, delivered, accepted: the payees have the money") {
    fund_it();
    CHECK(status() == S::funded);
    CHECK(account().captured == 15'001);
    for (const auto& id : {m1, m2}) {
      platform.post(deliver(id));
      platform.post(accept(id));
    }
    platform.settle();
    CHECK(status() == S::settled);
    CHECK(ended());
    CHECK(account().refunded == 0);
    CHECK(told("ContractSettled") == 1);
  }
  TEST_CASE_FIXTURE(Deal, "what is not signed or funded in time expires") {
    SUBCASE("not signed") { platform.post(sign_as(ann)); }
    SUBCASE("not funded") { sign_all(); }
    platform.advance(days{14});
    CHECK(status() == S::expired);
    CHECK(ended());
    CHECK(bank.events().empty());
  }
  TEST_CASE_FIXTURE(Deal, "a declined payment may be followed by another") {
    bank.next = GatewayOutcome::declined;
    fund_it();
    CHECK_FALSE(contract().funding);
    CHECK(platform.told<FundingFailed>().at(0).reason == "payment_declined");
    bank.next = GatewayOutcome::authorized;
    platform.post(fund);
    platform.settle();
    CHECK(status() == S::funded);
    CHECK(contract().payment_id == p2);
    CHECK(account(2).captured == 15'001);
  }
  TEST_CASE_FIXTURE(Deal, "a payment that is voided by hand, or cannot be taken, funds nothing") {
    sign_all();
    bank.next = GatewayOutcome::action_required;
    platform.post(fund);
    platform.settle();
    platform.post(payment::VoidPayment{.payment_id = p1});
    platform.settle();
    CHECK(told("FundingFailed") == 1);
    CHECK(account().held == 0);
  }
  TEST_CASE_FIXTURE(Deal, "money that comes for a contract that has ended goes back") {
    SUBCASE("before it was taken") {
      sign_all();
      bank.next = GatewayOutcome::action_required;
      platform.post(fund);
      platform.settle();
      platform.post(terminate(bob));
      platform.settle();
      bank.customer_acts("c-1~1~authorization~1", GatewayOutcome::authorized);
    }
    SUBCASE("while it is authorized") {
      sign_all();
      platform.post(fund);
      platform.post(terminate(bob));
    }
    SUBCASE("after it was taken, before it was recorded") {
      sign_all();
      platform.post(fund);
      while (told("PaymentCaptured") == 0) platform.run_errand(platform.errands().at(0));
      platform.post(terminate(bob));
    }
    SUBCASE("when nobody knew for a week") {
      bank.line = [] { return payment::Bank::Line::answer_lost; };
      fund_it();
      platform.advance(days{8});
      CHECK(status() == S::expired);
      CHECK(stuck() == "escrow_money_unknown");
      bank.line = [] { return payment::Bank::Line::good; };
      platform.advance(std::chrono::hours{6});
    }
    platform.settle();
    for (const auto& event : bank.events()) platform.post(event);
    platform.settle();
    CHECK(account().held == 0);
    CHECK(account().captured == account().refunded);
    CHECK(told("EscrowFunded") == 0);
    CHECK(stuck().empty());
    CHECK(ended());
  }
  TEST_CASE_FIXTURE(Deal, "a delivery that nobody answers is accepted after a week") {
    fund_it();
    platform.post(deliver());
    platform.advance(days{7} - seconds{1});
    CHECK(contract().find(m1)->status == Status::submitted);
    platform.advance(seconds{2});
    CHECK(contract().find(m1)->status == Status::accepted);
    CHECK(contract().find(m1)->settled);
  }
  TEST_CASE_FIXTURE(Deal, "one that is rejected and delivered again has a new week") {
    fund_it();
    platform.post(deliver());
    platform.advance(days{6});
    platform.post(reject());
    platform.advance(days{2});
    platform.post(deliver());
    platform.advance(days{6});
    CHECK(contract().find(m1)->status == Status::submitted);
    platform.advance(days{2});
    CHECK(contract().find(m1)->status == Status::accepted);
    CHECK(stuck().empty());
  }
  TEST_CASE_FIXTURE(Deal, "what is not delivered in time goes back to the funder") {
    fund_it();
    platform.post(deliver());
    platform.post(accept());
    platform.advance(days{91});
    CHECK(contract().find(m2)->status == Status::given_back);
    CHECK(status() == S::settled);
    CHECK(account().refunded == 5'000);
    CHECK(contract().released == 10'001);
    CHECK(ended());
  }
  TEST_CASE_FIXTURE(Deal, "all of it goes back when the payees give up") {
    fund_it();
    for (const auto& id : {bob, cyd, dan}) platform.post(terminate(id));
    platform.settle();
    CHECK(status() == S::refunded);
    CHECK(account().refunded == 15'001);
    CHECK(ended());
  }
  TEST_CASE_FIXTURE(Deal, "a refund that fails is tried again, and shown until it succeeds") {
    fund_it();
    bank.refuse_refunds = true;
    for (const auto& id : {bob, cyd, dan}) platform.post(terminate(id));
    platform.settle();
    CHECK(stuck() == "escrow_refund_failed");
    platform.advance(days{3});
    CHECK(stuck() == "escrow_refund_failed");
    CHECK(contract().refunded == 0);
    bank.refuse_refunds = false;
    platform.advance(days{1});
    CHECK(stuck().empty());
    CHECK(status() == S::refunded);
    CHECK(account().refunded == 15'001);
    CHECK(ended());
  }
}

TEST_SUITE("smart_contract: dispute flow") {
  TEST_CASE_FIXTURE(Deal, "the ruling divides the milestone; the funder's part is refunded") {
    fund_it();
    platform.post(deliver());
    platform.post(dispute());
    CHECK(status() == S::disputed);
    platform.post(rule(7500));
    platform.settle();
    CHECK(status() == S::active);
    CHECK(account().refunded == 2500);
    CHECK(contract().released == 7501);
    CHECK(platform.ended("escrow_dispute", "c-1~d-1"));
  }
  TEST_CASE_FIXTURE(Deal, "silence is passed on, and in the end the terms rule") {
    fund_it();
    platform.post(deliver());
    platform.post(dispute());
    platform.advance(days{14});
    CHECK(contract().find(d1)->arbiter_id == fay);
    CHECK(platform.post(rule(7500)) == Names{"smart_contract/not_arbiter"});
    platform.advance(days{13});
    CHECK(status() == S::disputed);
    SUBCASE("the second arbiter rules") {
      platform.post(rule(10'000, fay));
      platform.settle();
      CHECK(contract().released == 10'001);
    }
    SUBCASE("or is silent too") {
      platform.advance(days{2});
      CHECK_FALSE(platform.told<DisputeRuled>().at(0).arbiter_id);
      CHECK(account().refunded == 5'001);  // 5000.50, which has the largest remainder
      CHECK(contract().released == 5'000);
    }
    CHECK(status() == S::active);
    CHECK(platform.ended("escrow_dispute", "c-1~d-1"));
    CHECK(stuck().empty());
  }
}
