// Values with names, for the tests of this context.
#pragma once

#include "commands/smart_contract/agreement.hpp"
#include "commands/smart_contract/contract_template.hpp"
#include "tests/dsl/scenario.hpp"
#include "tests/smart_contract/keys.hpp"

namespace smart_contract {

using R = Rejection;
using Status = MilestoneStatus;
using std::chrono::days;
using std::chrono::seconds;

inline const schemas::Id<"Agreement"> c1{"c-1"};
inline const schemas::Id<"ContractTemplate"> t1{"escrow-1"};
inline const UserId ann{"ann"}, bob{"bob"}, cyd{"cyd"}, dan{"dan"}, eve{"eve"}, fay{"fay"};
inline const MilestoneId m1{"m-1"}, m2{"m-2"};
inline const DisputeId d1{"d-1"}, d2{"d-2"};
inline const PaymentId p1{"c-1~1"}, p2{"c-1~2"};
inline const std::string hash = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

inline Party party(const UserId& id, PartyRole role, std::int64_t share_bp) {
  return {.party_id = id, .role = role, .public_key = public_key(id.text()), .share_bp = share_bp};
}

// Ann pays Bob, Cyd and Dan 100.01 in thirds, and 50.00; Eve and then Fay may have to rule.
inline DraftContract draft() {
  return {
      .contract_id = c1,
      .template_id = t1,
      .parties =
          {party(ann, PartyRole::funder, 0),
           party(bob, PartyRole::payee, 3333),
           party(cyd, PartyRole::payee, 3333),
           party(dan, PartyRole::payee, 3334)},
      .arbiters = {eve, fay},
      .currency_code = "EUR",
      .amount = 15'001,
      .milestones =
          {{.milestone_id = m1,
            .title = "the first half",
            .amount = 10'001,
            .due_at = dsl::epoch + days{60}},
           {.milestone_id = m2,
            .title = "the rest",
            .amount = 5'000,
            .due_at = dsl::epoch + days{90}}},
      .fee_bp = 250,
      .default_payee_bp = 5000};
}

inline const ContractTerms terms{
    .contract_id = c1,
    .template_id = t1,
    .parties = draft().parties,
    .arbiters = draft().arbiters,
    .currency_code = "EUR",
    .amount = 15'001,
    .milestones = draft().milestones,
    .fee_bp = 250,
    .default_payee_bp = 5000,
    .acceptance_seconds = seconds{days{7}}.count()};

inline const ContractDrafted drafted{
    .terms = terms, .terms_hash = hash_of(terms), .sign_by = dsl::epoch + days{14}};

inline ContractSigned signed_by(const UserId& id) {
  return {.party_id = id, .signature = sign(id.text(), drafted.terms_hash)};
}
inline SignContract sign_as(const UserId& id) {
  return {.contract_id = c1, .party_id = id, .signature = sign(id.text(), drafted.terms_hash)};
}
inline const ContractFullySigned fully_signed{.fund_by = dsl::epoch + days{7}};

inline const FundContract fund{.contract_id = c1, .party_id = ann, .payment_method = "test_ok"};
inline FundingRequested funding(const PaymentId& id = p1) {
  return {.payment_id = id, .payment_method = "test_ok"};
}
inline const RecordFunding record_funding{
    .contract_id = c1, .payment_id = p1, .amount = 15'001, .currency_code = "EUR"};
inline const EscrowFunded funded{.payment_id = p1, .amount = 15'001, .currency_code = "EUR"};

inline SubmitDelivery deliver(const MilestoneId& id = m1, const UserId& by = bob) {
  return {.contract_id = c1, .milestone_id = id, .party_id = by, .evidence_hash = hash};
}
inline DeliverySubmitted delivered(
    const MilestoneId& id = m1, schemas::Time until = dsl::epoch + days{7}) {
  return {.milestone_id = id, .party_id = bob, .evidence_hash = hash, .accept_until = until};
}
inline AcceptDelivery accept(const MilestoneId& id = m1, const UserId& by = ann) {
  return {.contract_id = c1, .milestone_id = id, .party_id = by};
}
inline DeliveryAccepted accepted(const MilestoneId& id = m1) { return {.milestone_id = id}; }
inline AutoAccept auto_accept(const MilestoneId& id = m1) {
  return {.contract_id = c1, .milestone_id = id};
}
inline RejectDelivery reject(const MilestoneId& id = m1, const UserId& by = ann) {
  return {.contract_id = c1, .milestone_id = id, .party_id = by, .reason = "half is missing"};
}
inline DeliveryRejected rejected(
    const MilestoneId& id = m1, schemas::Time until = dsl::epoch + days{60}) {
  return {.milestone_id = id, .reason = "half is missing", .deliver_until = until};
}
inline RaiseDispute dispute(
    const MilestoneId& milestone = m1, const DisputeId& id = d1, const UserId& by = bob) {
  return {
      .contract_id = c1,
      .milestone_id = milestone,
      .dispute_id = id,
      .party_id = by,
      .reason = "it was all there"};
}
inline const DisputeRaised disputed{
    .dispute_id = d1,
    .milestone_id = m1,
    .party_id = bob,
    .reason = "it was all there",
    .arbiter_id = eve,
    .evidence_until = dsl::epoch + days{7},
    .rule_by = dsl::epoch + days{14}};
inline RuleDispute rule(std::int64_t payee_bp, const UserId& by = eve, const DisputeId& id = d1) {
  return {
      .contract_id = c1,
      .dispute_id = id,
      .arbiter_id = by,
      .payee_bp = payee_bp,
      .funder_bp = 10'000 - payee_bp};
}
inline DisputeRuled ruled(std::int64_t payee_bp, std::optional<UserId> by = eve) {
  return {
      .dispute_id = d1,
      .milestone_id = m1,
      .payee_bp = payee_bp,
      .funder_bp = 10'000 - payee_bp,
      .arbiter_id = std::move(by)};
}
inline const EscalateDispute escalate{.contract_id = c1, .dispute_id = d1};
inline TerminateContract terminate(const UserId& by) {
  return {.contract_id = c1, .party_id = by, .reason = "we agreed otherwise"};
}
inline RefundContract give_back(const MilestoneId& id = m1) {
  return {.contract_id = c1, .milestone_id = id};
}
inline RequestSettlement request_settlement(const MilestoneId& id = m1) {
  return {.contract_id = c1, .milestone_id = id};
}

auto agreement(auto... facts) { return dsl::given<AgreementDecider>(facts...); }

// What brings a contract to each status.
inline auto drafted_contract() { return agreement(drafted); }
inline auto signed_contract() {
  return agreement(
      drafted, signed_by(ann), signed_by(bob), signed_by(cyd), signed_by(dan), fully_signed);
}
inline auto funded_contract() { return signed_contract().and_then(funding(), funded); }
inline auto delivered_contract() { return funded_contract().and_then(delivered()); }
inline auto disputed_contract() { return delivered_contract().and_then(disputed); }

}  // namespace smart_contract
