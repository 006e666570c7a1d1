// Money leaves the escrow: to the payees as credits, to the funder as a refund of the payment. A
// contract is settled with the last of its milestones.
#include <algorithm>

#include "commands/smart_contract/agreement.hpp"
#include "schemas/payment.hpp"

namespace smart_contract {
namespace {

using kernel::nothing;
using ContractId = schemas::Id<"Agreement">;
using Facts = AgreementDecision::Facts;
using Status = MilestoneStatus;

// All payees have given the contract up, once this one has.
bool all_give_up(const Agreement& agreement, const UserId& last) {
  return std::ranges::all_of(agreement.terms.parties, [&](const Party& party) {
    return party.role == PartyRole::funder || party.party_id == last ||
           agreement.giving_up.contains(party.party_id);
  });
}

std::vector<MilestoneId> undecided(const Agreement& agreement) {
  std::vector<MilestoneId> ids;
  for (const auto& milestone : agreement.milestones)
    if (!milestone.decided()) ids.push_back(milestone.terms.milestone_id);
  return ids;
}

bool is_last(const Agreement& agreement, const Milestone& milestone) {
  return std::ranges::all_of(agreement.milestones, [&](const Milestone& other) {
    return other.settled || &other == &milestone;
  });
}

AgreementDecision give_up_funded(const Agreement& agreement, const TerminateContract& command) {
  if (agreement.party(command.party_id)->role != PartyRole::payee) return Rejection::forbidden;
  const bool frozen = std::ranges::any_of(agreement.milestones, [](const Milestone& milestone) {
    return milestone.status == Status::disputed;
  });
  if (frozen) return Rejection::dispute_open;
  auto left = undecided(agreement);
  if (left.empty()) return Rejection::funds_released;
  Facts facts{TerminationAgreed{.party_id = command.party_id, .reason = command.reason}};
  if (all_give_up(agreement, command.party_id)) {
    facts.emplace_back(ContractTerminated{.reason = command.reason});
    facts.emplace_back(
        ContractRefunded{.milestone_ids = std::move(left), .reason = command.reason});
  }
  return facts;
}

}  // namespace

std::string refund_prefix(const ContractId& contract, const MilestoneId& milestone) {
  return contract.text() + '~' + milestone.text() + '~';
}

std::string ended_refund_prefix(const PaymentId& payment) { return payment.text() + "~ended~"; }

engine::Step settle(const ContractId& contract, const MilestoneId& milestone) {
  return engine::step(RequestSettlement{.contract_id = contract, .milestone_id = milestone});
}

AgreementDecision decide(const Agreement& agreement, const TerminateContract& command) {
  if (!agreement.party(command.party_id)) return Rejection::not_a_party;
  if (agreement.status == AgreementStatus::terminated) return nothing;
  if (agreement.ended()) return Rejection::already_settled;
  if (agreement.giving_up.contains(command.party_id)) return nothing;
  if (agreement.in_escrow()) return give_up_funded(agreement, command);
  return ContractTerminated{.reason = command.reason};
}

AgreementDecision decide(const Agreement& agreement, const RefundContract& command, Time now) {
  if (!agreement.in_escrow()) return Rejection::not_funded;
  const auto* milestone = agreement.find(command.milestone_id);
  if (!milestone) return Rejection::not_found;
  if (milestone->settled) return Rejection::already_settled;
  if (milestone->status == Status::given_back) return nothing;
  if (milestone->decided()) return Rejection::funds_released;
  if (milestone->status == Status::disputed) return Rejection::dispute_open;
  if (milestone->status == Status::submitted || now < milestone->until) return Rejection::too_early;
  return ContractRefunded{.milestone_ids = {command.milestone_id}, .reason = "not_delivered"};
}

AgreementDecision decide(const Agreement& agreement, const RequestSettlement& command) {
  const auto* milestone = agreement.find(command.milestone_id);
  if (!milestone) return Rejection::not_found;
  if (milestone->status == Status::disputed) return Rejection::dispute_open;
  if (!milestone->decided()) return Rejection::nothing_to_settle;
  if (milestone->settled) return Rejection::already_settled;
  if (milestone->division) return nothing;
  auto division = divide(agreement.terms, milestone->terms.amount, milestone->payee_bp);
  return SettlementRequested{
      .milestone_id = command.milestone_id,
      .payouts = std::move(division.payouts),
      .fee = division.fee,
      .refund = division.refund,
      .currency_code = agreement.terms.currency_code};
}

AgreementDecision decide(const Agreement& agreement, const RecordSettlement& command) {
  const auto* milestone = agreement.find(command.milestone_id);
  if (!milestone) return Rejection::not_found;
  if (milestone->settled) return Rejection::already_settled;
  const auto& division = milestone->division;
  if (!division || (division->refund > 0) != command.refund_id.has_value())
    return Rejection::not_final;
  const auto released = division->released();
  Facts facts{MilestoneSettled{
      .milestone_id = command.milestone_id,
      .payouts = division->payouts,
      .released = released,
      .fee = division->fee,
      .refunded = division->refund,
      .currency_code = agreement.terms.currency_code,
      .refund_id = command.refund_id}};
  if (is_last(agreement, *milestone))
    facts.emplace_back(ContractSettled{
        .released = agreement.released + released,
        .fees = agreement.fees + division->fee,
        .refunded = agreement.refunded + division->refund,
        .currency_code = agreement.terms.currency_code});
  return facts;
}

// Of what is in escrow the funder's parts go back; what was paid for a contract that has ended
// without it, whole. Each once, since clients cannot coin the ids that the flow gives refunds.
AgreementDecision decide(const Agreement& agreement, const AllowRefund& command) {
  const auto asked_by_flow = [&](const std::string& prefix) {
    return command.refund_id.text().starts_with(prefix);
  };
  if (!agreement.in_escrow()) {
    const bool ended = agreement.ended() && agreement.payment_id &&
                       asked_by_flow(ended_refund_prefix(*agreement.payment_id));
    return ended ? AgreementDecision{nothing} : Rejection::refund_not_due;
  }
  const bool due = std::ranges::any_of(agreement.milestones, [&](const Milestone& milestone) {
    return milestone.division && !milestone.settled &&
           milestone.division->refund == command.amount &&
           asked_by_flow(refund_prefix(command.contract_id, milestone.terms.milestone_id));
  });
  return due ? AgreementDecision{nothing} : Rejection::refund_not_due;
}

std::vector<engine::Step> together(const Agreement& agreement, const TerminateContract& command) {
  std::vector<engine::Step> steps;
  if (agreement.in_escrow() && all_give_up(agreement, command.party_id))
    for (const auto& id : undecided(agreement)) steps.push_back(settle(command.contract_id, id));
  return steps;
}

std::vector<engine::Step> together(const Agreement&, const RefundContract& command) {
  return {settle(command.contract_id, command.milestone_id)};
}

// What is only credited is final at once.
std::vector<engine::Step> together(const Agreement& agreement, const RequestSettlement& command) {
  const auto& milestone = *agreement.find(command.milestone_id);
  if (divide(agreement.terms, milestone.terms.amount, milestone.payee_bp).refund > 0) return {};
  return {engine::step(
      RecordSettlement{.contract_id = command.contract_id, .milestone_id = command.milestone_id})};
}

std::vector<engine::Step> together(const Agreement& agreement, const RecordSettlement& command) {
  if (!command.refund_id) return {};
  return {engine::step(payment::RequireRefunded{
      .payment_id = *agreement.payment_id,
      .refund_id = *command.refund_id,
      .amount = agreement.find(command.milestone_id)->division->refund})};
}

}  // namespace smart_contract
