// Contracts before and after what is delivered: drafts, signatures, funding, ends.
#include "tests/smart_contract/values.hpp"

using namespace smart_contract;

TEST_SUITE("smart_contract: templates") {
  const RegisterTemplate register_it{.template_id = t1, .source_hash = hash};
  const TemplateRegistered registered{.source_hash = hash};
  const ApproveTemplate approve{.template_id = t1, .audit_ref = "audit-1"};
  const TemplateApproved approved{.audit_ref = "audit-1"};

  auto contract_template(auto... facts) { return dsl::given<ContractTemplateDecider>(facts...); }

  TEST_CASE("a template is registered by its hash") {
    contract_template().when(register_it).then(registered);
    auto wrong = register_it;
    wrong.source_hash[0] = 'X';
    contract_template().when(wrong).then_refused(R::hash_invalid);
    contract_template(registered).when(wrong).then_refused(R::already_exists);
  }
  TEST_CASE("it is approved on the report of an audit, and only then used") {
    contract_template(registered).when(approve).then(approved);
    contract_template(registered)
        .when(ApproveTemplate{.template_id = t1})
        .then_refused(R::audit_missing);
    contract_template().when(approve).then_refused(R::not_found);
    const UseTemplate use{.template_id = t1};
    contract_template(registered).when(use).then_refused(R::template_not_approved);
    contract_template(registered, approved).when(use).then_nothing();
  }
  TEST_CASE("no two templates have the same text") {
    const ClaimTemplateHash claim{
        .source_hash = schemas::Id<"TemplateHashClaim">{hash}, .template_id = t1};
    const TemplateHashClaimed claimed{.template_id = t1};
    dsl::given<TemplateHashClaimDecider>().when(claim).then(claimed);
    auto other = claim;
    other.template_id = schemas::Id<"ContractTemplate">{"escrow-2"};
    dsl::given<TemplateHashClaimDecider>(claimed).when(other).then_refused(R::hash_exists);
  }
}

TEST_SUITE("smart_contract: draft") {
  TEST_CASE("terms are written down once") {
    agreement().when(draft()).then(drafted);
    auto other = draft();
    other.fee_bp = 0;
    drafted_contract().when(other).then_refused(R::already_exists);
    signed_contract().when(draft()).then_nothing();
  }
  TEST_CASE("what is wrong with them is said") {
    const auto refused = [](R why, auto&& spoil) {
      auto command = draft();
      spoil(command);
      agreement().when(command).then_refused(why);
    };
    refused(R::parties_invalid, [](auto& c) { c.parties[0].role = PartyRole::payee; });
    refused(R::parties_invalid, [](auto& c) { c.parties[1].role = PartyRole::funder; });
    refused(R::parties_invalid, [](auto& c) { c.parties.resize(1); });
    refused(R::parties_invalid, [](auto& c) { c.parties[1].party_id = dan; });
    refused(R::parties_invalid, [](auto& c) { c.arbiters.clear(); });
    refused(R::parties_invalid, [](auto& c) { c.arbiters = {eve, eve}; });
    refused(R::parties_invalid, [](auto& c) { c.arbiters = {ann}; });
    refused(R::parties_invalid, [](auto& c) {
      for (int i = 0; i < 18; ++i)
        c.parties.push_back(party(UserId{"p" + std::to_string(i)}, PartyRole::payee, 1));
    });
    refused(R::key_invalid, [](auto& c) { c.parties[0].public_key += "00"; });
    refused(R::key_invalid, [](auto& c) { c.parties[0].public_key[0] = 'x'; });
    refused(R::shares_not_exact, [](auto& c) { c.parties[1].share_bp = 3334; });
    refused(R::shares_not_exact, [](auto& c) {
      c.parties[0].share_bp = 3333;
      c.parties[1].share_bp = 0;
    });
    refused(R::currency_unknown, [](auto& c) { c.currency_code = "EUX"; });
    refused(R::milestones_invalid, [](auto& c) { c.milestones.clear(); });
    refused(R::milestones_invalid, [](auto& c) { c.milestones[1].milestone_id = m1; });
    refused(R::milestones_invalid, [](auto& c) { c.milestones[1].amount = 0; });
    refused(R::milestones_invalid, [](auto& c) { c.milestones[1].due_at = dsl::epoch; });
    refused(R::milestone_sum_mismatch, [](auto& c) { c.amount = 15'000; });
    refused(R::milestone_sum_mismatch, [](auto& c) {
      c.milestones[0].amount = c.milestones[1].amount = std::numeric_limits<long>::max();
    });
  }
}

TEST_SUITE("smart_contract: sign") {
  TEST_CASE("each party signs the hash of the terms, in any order") {
    drafted_contract().when(sign_as(cyd)).then(signed_by(cyd));
    agreement(drafted, signed_by(cyd), signed_by(ann), signed_by(dan))
        .when(sign_as(bob))
        .then(signed_by(bob), fully_signed);
    agreement(drafted, signed_by(cyd)).when(sign_as(cyd)).then_nothing();
  }
  TEST_CASE("nobody signs for another, or something else") {
    drafted_contract().when(sign_as(eve)).then_refused(R::not_a_party);
    auto forged = sign_as(ann);
    forged.signature = sign("bob", drafted.terms_hash);
    drafted_contract().when(forged).then_refused(R::signature_invalid);
    forged.signature = sign("ann", hash);
    drafted_contract().when(forged).then_refused(R::signature_invalid);
    forged.signature = "none";
    drafted_contract().when(forged).then_refused(R::signature_invalid);
    auto mistaken = sign_as(ann);
    mistaken.terms_hash = hash;
    drafted_contract().when(mistaken).then_refused(R::terms_changed);
    mistaken.terms_hash = drafted.terms_hash;
    drafted_contract().when(mistaken).then(signed_by(ann));
  }
  TEST_CASE("there are two weeks for it") {
    drafted_contract().after(days{14} - seconds{1}).when(sign_as(ann)).then(signed_by(ann));
    drafted_contract().after(days{14}).when(sign_as(ann)).then_refused(R::window_closed);
    drafted_contract()
        .and_then(ContractTerminated{})
        .when(sign_as(ann))
        .then_refused(R::window_closed);
  }
}

TEST_SUITE("smart_contract: fund") {
  TEST_CASE("the funder pays when all have signed, one payment at a time") {
    signed_contract().when(fund).then(funding());
    signed_contract().and_then(funding()).when(fund).then_refused(R::funding_under_way);
    signed_contract()
        .and_then(funding(), FundingFailed{.payment_id = p1, .reason = "payment_declined"})
        .when(fund)
        .then(funding(p2));
    drafted_contract().when(fund).then_refused(R::not_fully_signed);
    funded_contract().when(fund).then_refused(R::already_funded);
    signed_contract().after(days{7}).when(fund).then_refused(R::window_closed);
    auto other = fund;
    other.party_id = bob;
    signed_contract().when(other).then_refused(R::forbidden);
    other.party_id = eve;
    signed_contract().when(other).then_refused(R::not_a_party);
  }
  TEST_CASE("only the payment that was asked for is taken, whole, and once") {
    const auto waiting = [] { return signed_contract().and_then(funding()); };
    waiting().when(record_funding).then(funded);
    funded_contract().when(record_funding).then_nothing();
    auto wrong = record_funding;
    wrong.payment_id = p2;
    waiting().when(wrong).then_refused(R::funding_not_requested);
    funded_contract().when(wrong).then_refused(R::already_funded);
    wrong = record_funding;
    wrong.amount = 15'000;
    waiting().when(wrong).then_refused(R::wrong_amount);
    wrong = record_funding;
    wrong.currency_code = "USD";
    waiting().when(wrong).then_refused(R::wrong_asset);
    signed_contract().when(record_funding).then_refused(R::funding_not_requested);
    waiting().and_then(ContractExpired{}).when(record_funding).then_refused(R::window_closed);
    const AttachFunding attach{
        .contract_id = c1, .payment_id = p1, .amount = 15'001, .currency_code = "EUR"};
    waiting().when(attach).then_nothing();
    waiting().and_then(ContractExpired{}).when(attach).then_refused(R::funding_not_requested);
  }
  TEST_CASE("a payment that comes to nothing is forgotten") {
    const RecordFundingFailure failure{
        .contract_id = c1, .payment_id = p1, .reason = "payment_declined"};
    const FundingFailed failed{.payment_id = p1, .reason = "payment_declined"};
    signed_contract().and_then(funding()).when(failure).then(failed);
    signed_contract().and_then(funding(), failed, funding(p2)).when(failure).then_nothing();
    funded_contract().when(failure).then_refused(R::already_funded);
  }
}

TEST_SUITE("smart_contract: ends") {
  TEST_CASE("what is not signed or not funded in time expires") {
    const ExpireContract expire{.contract_id = c1};
    drafted_contract().when(expire).then_refused(R::too_early);
    drafted_contract().after(days{14}).when(expire).then(ContractExpired{.reason = "not_signed"});
    signed_contract().when(expire).then_refused(R::too_early);
    signed_contract().after(days{7}).when(expire).then(ContractExpired{.reason = "not_funded"});
    funded_contract().after(days{99}).when(expire).then_nothing();
  }
  TEST_CASE("anybody gives up what is not funded") {
    const ContractTerminated terminated{.reason = "we agreed otherwise"};
    drafted_contract().when(terminate(ann)).then(terminated);
    signed_contract().when(terminate(bob)).then(terminated);
    signed_contract().when(terminate(eve)).then_refused(R::not_a_party);
    signed_contract().and_then(terminated).when(terminate(ann)).then_nothing();
    signed_contract()
        .and_then(ContractExpired{})
        .when(terminate(ann))
        .then_refused(R::already_settled);
  }
  TEST_CASE("all payees together give up what is funded") {
    const auto agreed = [](const UserId& id) {
      return TerminationAgreed{.party_id = id, .reason = "we agreed otherwise"};
    };
    funded_contract().when(terminate(bob)).then(agreed(bob));
    funded_contract().when(terminate(ann)).then_refused(R::forbidden);
    const auto two = [&] { return delivered_contract().and_then(agreed(bob), agreed(cyd)); };
    two().when(terminate(bob)).then_nothing();
    two()
        .when(terminate(dan))
        .then(
            agreed(dan),
            ContractTerminated{.reason = "we agreed otherwise"},
            ContractRefunded{.milestone_ids = {m1, m2}, .reason = "we agreed otherwise"});
    two()
        .and_then(accepted())
        .when(terminate(dan))
        .then(
            agreed(dan),
            ContractTerminated{.reason = "we agreed otherwise"},
            ContractRefunded{.milestone_ids = {m2}, .reason = "we agreed otherwise"});
    disputed_contract().when(terminate(bob)).then_refused(R::dispute_open);
    funded_contract()
        .and_then(accepted(m1), accepted(m2))
        .when(terminate(bob))
        .then_refused(R::funds_released);
  }
  TEST_CASE("what is not delivered in time goes back") {
    const ContractRefunded refunded{.milestone_ids = {m1}, .reason = "not_delivered"};
    funded_contract().after(days{60}).when(give_back()).then(refunded);
    funded_contract().when(give_back()).then_refused(R::too_early);
    delivered_contract().after(days{60}).when(give_back()).then_refused(R::too_early);
    delivered_contract().and_then(rejected()).after(days{60}).when(give_back()).then(refunded);
    disputed_contract().after(days{60}).when(give_back()).then_refused(R::dispute_open);
    delivered_contract().and_then(accepted()).when(give_back()).then_refused(R::funds_released);
    signed_contract().when(give_back()).then_refused(R::not_funded);
    funded_contract().when(give_back(MilestoneId{"m-3"})).then_refused(R::not_found);
  }
  TEST_CASE("a check is kept, each time") {
    const RecordComplianceCheck check{.contract_id = c1, .rule = "sanctions", .passed = false};
    drafted_contract().repeatable().when(check).then(
        ContractComplianceChecked{.rule = "sanctions", .passed = false});
  }
}
