// A delivery is disputed and ruled: by an arbiter, by the next one when that one is silent, and in
// the end by the terms.
#include <algorithm>

#include "commands/smart_contract/agreement.hpp"
#include "domain/kernel/split.hpp"

namespace smart_contract {
namespace {

using kernel::basis_points;
using kernel::nothing;
using Status = MilestoneStatus;

bool is_split(const RuleDispute& command) {
  const auto is_part = [](std::int64_t part) { return part >= 0 && part <= basis_points; };
  return is_part(command.payee_bp) && is_part(command.funder_bp) &&
         command.payee_bp + command.funder_bp == basis_points;
}

bool is_same(const Dispute& dispute, const RaiseDispute& command) {
  return dispute.milestone_id == command.milestone_id && dispute.party_id == command.party_id &&
         dispute.reason == command.reason;
}

// The next arbiter; none when the terms are to rule.
const UserId* successor(const Agreement& agreement, const Dispute& dispute) {
  const auto silent = dispute.silent + 1;
  const auto& arbiters = agreement.terms.arbiters;
  return silent < silent_max && silent < arbiters.size() ? &arbiters[silent] : nullptr;
}

}  // namespace

AgreementDecision decide(const Agreement& agreement, const RaiseDispute& command, Time now) {
  if (!agreement.party(command.party_id)) return Rejection::not_a_party;
  if (const auto* known = agreement.find(command.dispute_id))
    return is_same(*known, command) ? AgreementDecision{nothing} : Rejection::already_exists;
  const auto* milestone = agreement.find(command.milestone_id);
  if (!milestone) return Rejection::not_found;
  if (milestone->status == Status::disputed) return Rejection::dispute_open;
  if (milestone->status == Status::open) return Rejection::not_submitted;
  if (milestone->decided() || now >= milestone->until) return Rejection::window_closed;
  return DisputeRaised{
      .dispute_id = command.dispute_id,
      .milestone_id = command.milestone_id,
      .party_id = command.party_id,
      .reason = command.reason,
      .arbiter_id = agreement.terms.arbiters.front(),
      .evidence_until = now + evidence_time,
      .rule_by = now + ruling_time};
}

AgreementDecision decide(const Agreement& agreement, const SubmitEvidence& command, Time now) {
  const auto* dispute = agreement.find(command.dispute_id);
  if (!dispute) return Rejection::not_found;
  if (!agreement.party(command.party_id)) return Rejection::not_a_party;
  if (!is_32_bytes(command.evidence_hash)) return Rejection::hash_invalid;
  const auto& evidence = dispute->evidence;
  if (evidence.contains({command.party_id, command.evidence_hash})) return nothing;
  if (dispute->closed || now >= dispute->evidence_until) return Rejection::window_closed;
  const auto shown =
      std::ranges::count(evidence, command.party_id, &std::pair<UserId, std::string>::first);
  if (static_cast<std::size_t>(shown) == evidence_max) return Rejection::too_much_evidence;
  return EvidenceSubmitted{
      .dispute_id = command.dispute_id,
      .party_id = command.party_id,
      .evidence_hash = command.evidence_hash};
}

AgreementDecision decide(const Agreement& agreement, const RuleDispute& command, Time now) {
  const auto* dispute = agreement.find(command.dispute_id);
  if (!dispute) return Rejection::not_found;
  if (dispute->arbiter_id != command.arbiter_id) return Rejection::not_arbiter;
  if (dispute->closed || now >= dispute->rule_by) return Rejection::window_closed;
  if (!is_split(command)) return Rejection::split_not_exact;
  return DisputeRuled{
      .dispute_id = command.dispute_id,
      .milestone_id = dispute->milestone_id,
      .payee_bp = command.payee_bp,
      .funder_bp = command.funder_bp,
      .arbiter_id = command.arbiter_id};
}

AgreementDecision decide(const Agreement& agreement, const EscalateDispute& command, Time now) {
  const auto* dispute = agreement.find(command.dispute_id);
  if (!dispute) return Rejection::not_found;
  if (dispute->closed) return nothing;
  if (now < dispute->rule_by) return Rejection::too_early;
  if (const auto* next = successor(agreement, *dispute))
    return ArbiterReplaced{
        .dispute_id = command.dispute_id, .arbiter_id = *next, .rule_by = now + ruling_time};
  return DisputeRuled{
      .dispute_id = command.dispute_id,
      .milestone_id = dispute->milestone_id,
      .payee_bp = agreement.terms.default_payee_bp,
      .funder_bp = basis_points - agreement.terms.default_payee_bp};
}

std::vector<engine::Step> together(const Agreement& agreement, const RuleDispute& command) {
  return {settle(command.contract_id, agreement.find(command.dispute_id)->milestone_id)};
}

std::vector<engine::Step> together(const Agreement& agreement, const EscalateDispute& command) {
  const auto& dispute = *agreement.find(command.dispute_id);
  if (successor(agreement, dispute)) return {};
  return {settle(command.contract_id, dispute.milestone_id)};
}

}  // namespace smart_contract
