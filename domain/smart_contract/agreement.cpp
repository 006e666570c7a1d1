#include "domain/smart_contract/agreement.hpp"

#include <algorithm>

#include "domain/kernel/split.hpp"

namespace smart_contract {
namespace {

template <class Milestones>
auto* find_in(Milestones& milestones, const MilestoneId& id) {
  const auto found = std::ranges::find(
      milestones, id, [](const auto& one) -> const auto& { return one.terms.milestone_id; });
  return found == milestones.end() ? nullptr : &*found;
}

// From now on it is certain whose the money is.
void decide_for(
    Agreement& agreement, const MilestoneId& id, MilestoneStatus status, std::int64_t payee_bp) {
  auto* milestone = agreement.find(id);
  milestone->status = status;
  milestone->payee_bp = payee_bp;
}

// Active, or disputed while any milestone is.
void show_activity(Agreement& agreement) {
  const bool disputed = std::ranges::any_of(agreement.milestones, [](const Milestone& milestone) {
    return milestone.status == MilestoneStatus::disputed;
  });
  agreement.status = disputed ? AgreementStatus::disputed : AgreementStatus::active;
}

}  // namespace

const Party* Agreement::party(const UserId& id) const {
  const auto found = std::ranges::find(terms.parties, id, &Party::party_id);
  return found == terms.parties.end() ? nullptr : &*found;
}

const Milestone* Agreement::find(const MilestoneId& id) const { return find_in(milestones, id); }
Milestone* Agreement::find(const MilestoneId& id) { return find_in(milestones, id); }

const Dispute* Agreement::find(const DisputeId& id) const {
  const auto found = disputes.find(id);
  return found == disputes.end() ? nullptr : &found->second;
}

void evolve(Agreement& agreement, const ContractDrafted& fact) {
  agreement.terms = fact.terms;
  agreement.terms_hash = fact.terms_hash;
  agreement.sign_by = fact.sign_by;
  for (const auto& milestone : fact.terms.milestones)
    agreement.milestones.push_back({.terms = milestone, .until = milestone.due_at});
}

void evolve(Agreement& agreement, const ContractSigned& fact) {
  agreement.signed_by.insert(fact.party_id);
  agreement.status = AgreementStatus::proposed;
}

void evolve(Agreement& agreement, const ContractFullySigned& fact) {
  agreement.fund_by = fact.fund_by;
  agreement.status = AgreementStatus::fully_signed;
}

void evolve(Agreement& agreement, const FundingRequested& fact) {
  agreement.payment_id = fact.payment_id;
  agreement.funding = true;
  ++agreement.tries;
}

void evolve(Agreement& agreement, const FundingFailed&) { agreement.funding = false; }

void evolve(Agreement& agreement, const EscrowFunded& fact) {
  agreement.funding = false;
  agreement.funded = fact.amount;
  agreement.status = AgreementStatus::funded;
}

void evolve(Agreement& agreement, const TerminationAgreed& fact) {
  agreement.giving_up.insert(fact.party_id);
}

// One that is in escrow goes on until its money is back.
void evolve(Agreement& agreement, const ContractTerminated&) {
  if (!agreement.in_escrow()) agreement.status = AgreementStatus::terminated;
}

void evolve(Agreement& agreement, const ContractExpired&) {
  agreement.status = AgreementStatus::expired;
}

void evolve(Agreement& agreement, const DeliverySubmitted& fact) {
  auto* milestone = agreement.find(fact.milestone_id);
  milestone->status = MilestoneStatus::submitted;
  milestone->evidence_hash = fact.evidence_hash;
  milestone->until = fact.accept_until;
  show_activity(agreement);
}

void evolve(Agreement& agreement, const DeliveryAccepted& fact) {
  decide_for(agreement, fact.milestone_id, MilestoneStatus::accepted, kernel::basis_points);
}

void evolve(Agreement& agreement, const DeliveryAutoAccepted& fact) {
  decide_for(agreement, fact.milestone_id, MilestoneStatus::accepted, kernel::basis_points);
}

void evolve(Agreement& agreement, const DeliveryRejected& fact) {
  auto* milestone = agreement.find(fact.milestone_id);
  milestone->status = MilestoneStatus::rejected;
  milestone->until = fact.deliver_until;
}

void evolve(Agreement& agreement, const DisputeRaised& fact) {
  agreement.disputes[fact.dispute_id] = {
      .milestone_id = fact.milestone_id,
      .party_id = fact.party_id,
      .reason = fact.reason,
      .arbiter_id = fact.arbiter_id,
      .evidence_until = fact.evidence_until,
      .rule_by = fact.rule_by};
  agreement.find(fact.milestone_id)->status = MilestoneStatus::disputed;
  show_activity(agreement);
}

void evolve(Agreement& agreement, const EvidenceSubmitted& fact) {
  agreement.disputes[fact.dispute_id].evidence.emplace(fact.party_id, fact.evidence_hash);
}

void evolve(Agreement& agreement, const ArbiterReplaced& fact) {
  auto& dispute = agreement.disputes[fact.dispute_id];
  dispute.arbiter_id = fact.arbiter_id;
  dispute.rule_by = fact.rule_by;
  ++dispute.silent;
}

void evolve(Agreement& agreement, const DisputeRuled& fact) {
  agreement.disputes[fact.dispute_id].closed = true;
  decide_for(agreement, fact.milestone_id, MilestoneStatus::ruled, fact.payee_bp);
  show_activity(agreement);
}

void evolve(Agreement& agreement, const ContractRefunded& fact) {
  for (const auto& id : fact.milestone_ids)
    decide_for(agreement, id, MilestoneStatus::given_back, 0);
}

void evolve(Agreement& agreement, const SettlementRequested& fact) {
  agreement.find(fact.milestone_id)->division =
      Division{.payouts = fact.payouts, .fee = fact.fee, .refund = fact.refund};
}

void evolve(Agreement& agreement, const MilestoneSettled& fact) {
  agreement.find(fact.milestone_id)->settled = true;
  agreement.released += fact.released;
  agreement.fees += fact.fee;
  agreement.refunded += fact.refunded;
}

void evolve(Agreement& agreement, const ContractSettled& fact) {
  agreement.status = fact.released > 0 ? AgreementStatus::settled : AgreementStatus::refunded;
}

}  // namespace smart_contract
