// An agreement between people who need not trust each other. Its terms never change. After every
// fact, 0 <= released + refunded <= funded, and they are equal when it is settled; whose a
// milestone's money is, is decided once, and it is settled once.
#pragma once

#include <map>
#include <set>

#include "domain/kernel/decider.hpp"
#include "domain/smart_contract/terms.hpp"
#include "schemas/smart_contract.hpp"

namespace smart_contract {

using schemas::Time;
using UserId = schemas::Id<"User">;
using MilestoneId = schemas::Id<"Milestone">;
using DisputeId = schemas::Id<"Dispute">;
using PaymentId = schemas::Id<"PaymentIntent">;

struct Milestone {
  MilestoneTerms terms;
  MilestoneStatus status = MilestoneStatus::open;
  Time until;  // of what is open, rejected or submitted: when that is over
  std::string evidence_hash;
  std::int64_t payee_bp = 0;         // the payees' part, once it is decided
  std::optional<Division> division;  // once its settlement is requested
  bool settled = false;

  // Whose the money is does not change any more.
  bool decided() const { return status >= MilestoneStatus::accepted; }
};

struct Dispute {
  MilestoneId milestone_id;
  UserId party_id;  // who raised it
  std::string reason;
  UserId arbiter_id;
  Time evidence_until;
  Time rule_by;
  std::size_t silent = 0;  // arbiters, so far
  std::set<std::pair<UserId, std::string>> evidence;
  bool closed = false;
};

struct Agreement {
  ContractTerms terms;
  std::string terms_hash;
  AgreementStatus status = AgreementStatus::draft;
  Time sign_by;
  Time fund_by;
  std::set<UserId> signed_by;
  std::set<UserId> giving_up;
  std::vector<Milestone> milestones;
  std::map<DisputeId, Dispute> disputes;
  std::optional<PaymentId> payment_id;  // the last one that was asked for
  bool funding = false;                 // that one is under way
  std::size_t tries = 0;                // to fund it
  std::int64_t funded = 0;
  std::int64_t released = 0;
  std::int64_t fees = 0;
  std::int64_t refunded = 0;

  bool exists() const { return !milestones.empty(); }
  bool in_escrow() const { return funded > 0; }
  // Nothing changes any more.
  bool ended() const { return status >= AgreementStatus::settled; }

  const Party* party(const UserId& id) const;
  const Milestone* find(const MilestoneId& id) const;
  Milestone* find(const MilestoneId& id);
  const Dispute* find(const DisputeId& id) const;
};

void evolve(Agreement& agreement, const ContractDrafted& fact);
void evolve(Agreement& agreement, const ContractSigned& fact);
void evolve(Agreement& agreement, const ContractFullySigned& fact);
void evolve(Agreement& agreement, const FundingRequested& fact);
void evolve(Agreement& agreement, const FundingFailed& fact);
void evolve(Agreement& agreement, const EscrowFunded& fact);
void evolve(Agreement& agreement, const TerminationAgreed& fact);
void evolve(Agreement& agreement, const ContractTerminated& fact);
void evolve(Agreement& agreement, const ContractExpired& fact);
void evolve(Agreement& agreement, const DeliverySubmitted& fact);
void evolve(Agreement& agreement, const DeliveryAccepted& fact);
void evolve(Agreement& agreement, const DeliveryAutoAccepted& fact);
void evolve(Agreement& agreement, const DeliveryRejected& fact);
void evolve(Agreement& agreement, const DisputeRaised& fact);
void evolve(Agreement& agreement, const EvidenceSubmitted& fact);
void evolve(Agreement& agreement, const ArbiterReplaced& fact);
void evolve(Agreement& agreement, const DisputeRuled& fact);
void evolve(Agreement& agreement, const ContractRefunded& fact);
void evolve(Agreement& agreement, const SettlementRequested& fact);
void evolve(Agreement& agreement, const MilestoneSettled& fact);
void evolve(Agreement& agreement, const ContractSettled& fact);
// Kept for whoever asks; it changes nothing.
inline void evolve(Agreement&, const ContractComplianceChecked&) {}

}  // namespace smart_contract
