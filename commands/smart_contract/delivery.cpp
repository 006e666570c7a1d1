// A milestone is delivered, and taken or not. Until the time for an answer is over only people
// answer; from then on only the clock does, so one of them is first, whatever comes in which order.
#include <algorithm>

#include "commands/smart_contract/agreement.hpp"

namespace smart_contract {
namespace {

using kernel::nothing;
using Status = MilestoneStatus;

// Who may answer a delivery, and when.
template <class Command>
std::optional<Rejection> wrong_with_answer(
    const Agreement& agreement, const Command& command, Time now) {
  const auto* party = agreement.party(command.party_id);
  if (!party) return Rejection::not_a_party;
  if (party->role != PartyRole::funder) return Rejection::forbidden;
  const auto* milestone = agreement.find(command.milestone_id);
  if (!milestone) return Rejection::not_found;
  if (milestone->status == Status::disputed) return Rejection::dispute_open;
  if (milestone->decided()) return Rejection::window_closed;
  if (milestone->status != Status::submitted) return Rejection::not_submitted;
  if (now >= milestone->until) return Rejection::window_closed;
  return std::nullopt;
}

}  // namespace

AgreementDecision decide(const Agreement& agreement, const SubmitDelivery& command, Time now) {
  const auto* party = agreement.party(command.party_id);
  if (!party) return Rejection::not_a_party;
  if (party->role != PartyRole::payee) return Rejection::forbidden;
  if (!agreement.in_escrow()) return Rejection::not_funded;
  const auto* milestone = agreement.find(command.milestone_id);
  if (!milestone) return Rejection::not_found;
  if (!is_32_bytes(command.evidence_hash)) return Rejection::hash_invalid;
  const bool awaited = milestone->status == Status::open || milestone->status == Status::rejected;
  if (!awaited || now >= milestone->until) return Rejection::milestone_closed;
  return DeliverySubmitted{
      .milestone_id = command.milestone_id,
      .party_id = command.party_id,
      .evidence_hash = command.evidence_hash,
      .accept_until = now + std::chrono::seconds{agreement.terms.acceptance_seconds}};
}

AgreementDecision decide(const Agreement& agreement, const AcceptDelivery& command, Time now) {
  if (const auto wrong = wrong_with_answer(agreement, command, now)) return *wrong;
  return DeliveryAccepted{.milestone_id = command.milestone_id};
}

AgreementDecision decide(const Agreement& agreement, const RejectDelivery& command, Time now) {
  if (const auto wrong = wrong_with_answer(agreement, command, now)) return *wrong;
  const auto& due_at = agreement.find(command.milestone_id)->terms.due_at;
  return DeliveryRejected{
      .milestone_id = command.milestone_id,
      .reason = command.reason,
      .deliver_until = std::max<Time>(due_at, now + redelivery_time)};
}

AgreementDecision decide(const Agreement& agreement, const AutoAccept& command, Time now) {
  const auto* milestone = agreement.find(command.milestone_id);
  if (!milestone) return Rejection::not_found;
  if (milestone->status == Status::disputed) return Rejection::dispute_open;
  if (milestone->status != Status::submitted) return nothing;
  if (now < milestone->until) return Rejection::too_early;
  return DeliveryAutoAccepted{.milestone_id = command.milestone_id};
}

std::vector<engine::Step> together(const Agreement&, const AcceptDelivery& command) {
  return {settle(command.contract_id, command.milestone_id)};
}

std::vector<engine::Step> together(const Agreement&, const AutoAccept& command) {
  return {settle(command.contract_id, command.milestone_id)};
}

}  // namespace smart_contract
