// What may be done with a contract: by its parties and arbiters, by its flows (escrow.hpp,
// escrow_dispute.hpp), and by payments along with what they do themselves. Whoever decides whose a
// milestone's money is has it divided, and settled where nothing goes back, in the same commit.
#pragma once

#include "commands/engine/step.hpp"
#include "domain/smart_contract/agreement.hpp"

namespace smart_contract {

using AgreementDecider = kernel::Decider<AgreementSchema, Agreement>;
using AgreementDecision = AgreementDecider::Decision;

inline constexpr std::size_t payees_max = 20, arbiters_max = 10, milestones_max = 20;
inline constexpr std::size_t evidence_max = 20;  // from one party, in one dispute
inline constexpr std::chrono::days sign_time{14}, fund_time{7};
inline constexpr std::chrono::days acceptance_time{7};  // when the terms say nothing else
// Of what was rejected, to deliver it again or to dispute that, beyond its due time.
inline constexpr std::chrono::days redelivery_time{7};
inline constexpr std::chrono::days evidence_time{7}, ruling_time{14};
inline constexpr std::size_t silent_max = 2;  // arbiters; then the terms rule

// draft.cpp
AgreementDecision decide(const Agreement& agreement, const DraftContract& command, Time now);
AgreementDecision decide(const Agreement& agreement, const SignContract& command, Time now);
AgreementDecision decide(const Agreement& agreement, const RecordComplianceCheck& command);
std::vector<engine::Step> together(const Agreement& agreement, const DraftContract& command);

// funding.cpp
AgreementDecision decide(const Agreement& agreement, const FundContract& command, Time now);
AgreementDecision decide(const Agreement& agreement, const AttachFunding& command);
AgreementDecision decide(const Agreement& agreement, const RecordFunding& command);
AgreementDecision decide(const Agreement& agreement, const RecordFundingFailure& command);
AgreementDecision decide(const Agreement& agreement, const ExpireContract& command, Time now);
std::vector<engine::Step> together(const Agreement& agreement, const FundContract& command);
std::vector<engine::Step> together(const Agreement& agreement, const RecordFunding& command);
std::vector<engine::Step> together(const Agreement& agreement, const RecordFundingFailure& command);

// delivery.cpp
AgreementDecision decide(const Agreement& agreement, const SubmitDelivery& command, Time now);
AgreementDecision decide(const Agreement& agreement, const AcceptDelivery& command, Time now);
AgreementDecision decide(const Agreement& agreement, const RejectDelivery& command, Time now);
AgreementDecision decide(const Agreement& agreement, const AutoAccept& command, Time now);
std::vector<engine::Step> together(const Agreement& agreement, const AcceptDelivery& command);
std::vector<engine::Step> together(const Agreement& agreement, const AutoAccept& command);

// dispute.cpp
AgreementDecision decide(const Agreement& agreement, const RaiseDispute& command, Time now);
AgreementDecision decide(const Agreement& agreement, const SubmitEvidence& command, Time now);
AgreementDecision decide(const Agreement& agreement, const RuleDispute& command, Time now);
AgreementDecision decide(const Agreement& agreement, const EscalateDispute& command, Time now);
std::vector<engine::Step> together(const Agreement& agreement, const RuleDispute& command);
std::vector<engine::Step> together(const Agreement& agreement, const EscalateDispute& command);

// settlement.cpp
AgreementDecision decide(const Agreement& agreement, const TerminateContract& command);
AgreementDecision decide(const Agreement& agreement, const RefundContract& command, Time now);
AgreementDecision decide(const Agreement& agreement, const RequestSettlement& command);
AgreementDecision decide(const Agreement& agreement, const RecordSettlement& command);
AgreementDecision decide(const Agreement& agreement, const AllowRefund& command);
std::vector<engine::Step> together(const Agreement& agreement, const TerminateContract& command);
std::vector<engine::Step> together(const Agreement& agreement, const RefundContract& command);
std::vector<engine::Step> together(const Agreement& agreement, const RequestSettlement& command);
std::vector<engine::Step> together(const Agreement& agreement, const RecordSettlement& command);

// What the ids of the flow's refunds begin with: of a milestone, and of all that was paid. A number
// follows, since one that failed is tried again.
std::string refund_prefix(const schemas::Id<"Agreement">& contract, const MilestoneId& milestone);
std::string ended_refund_prefix(const PaymentId& payment);
engine::Step settle(const schemas::Id<"Agreement">& contract, const MilestoneId& milestone);

}  // namespace smart_contract
