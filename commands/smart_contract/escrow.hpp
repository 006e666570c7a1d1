// Escrow: a contract is signed and funded in time or ends; its deliveries are answered in time or
// count as accepted, what is not delivered in time is given back; and what is the funder's gets
// there.
//
//   drafted ──► signed by all ──► funding requested ──► captured ──► funded ──► … ──► settled
//      │             │                  │ declined, blocked, voided     │ decided: the funder's
//      part └─ not in time, terminated ──────┴──► its payment is let go of   └──► refunded ──►
//      settled
//
// An instance ends with the contract, and with whatever was paid for one that ended without it.
// A refund that fails is tried again every day; until one succeeds the instance is stuck as
// escrow_refund_failed. Money that nobody is sure of makes it stuck as escrow_money_unknown once
// the contract has ended.
#pragma once

#include "commands/flows/flow.hpp"
#include "schemas/payment.hpp"
#include "schemas/smart_contract.hpp"

namespace smart_contract {

inline constexpr std::chrono::days refund_again{1};

flows::FlowType escrow();

flows::Steps react(Escrow& state, const ContractDrafted& fact, const flows::Heard& heard);
flows::Steps react(Escrow& state, const ContractFullySigned& fact, const flows::Heard& heard);
flows::Steps react(Escrow& state, const ContractTerminated& fact, const flows::Heard& heard);
flows::Steps react(Escrow& state, const ContractExpired& fact, const flows::Heard& heard);
flows::Steps react(Escrow& state, const FundingRequested& fact, const flows::Heard& heard);
flows::Steps react(Escrow& state, const EscrowFunded& fact, const flows::Heard& heard);
flows::Steps react(Escrow& state, const DeliverySubmitted& fact, const flows::Heard& heard);
flows::Steps react(Escrow& state, const DeliveryRejected& fact, const flows::Heard& heard);
flows::Steps react(Escrow& state, const DisputeRaised& fact, const flows::Heard& heard);
flows::Steps react(Escrow& state, const SettlementRequested& fact, const flows::Heard& heard);
flows::Steps react(Escrow& state, const ContractSettled& fact, const flows::Heard& heard);

flows::Steps react(Escrow& state, const payment::PaymentBlocked& fact, const flows::Heard& heard);
flows::Steps react(Escrow& state, const payment::PaymentDeclined& fact, const flows::Heard& heard);
flows::Steps react(
    Escrow& state, const payment::PaymentOutcomeUnknown& fact, const flows::Heard& heard);
flows::Steps react(
    Escrow& state, const payment::PaymentAuthorized& fact, const flows::Heard& heard);
flows::Steps react(Escrow& state, const payment::PaymentCaptured& fact, const flows::Heard& heard);
flows::Steps react(Escrow& state, const payment::CaptureFailed& fact, const flows::Heard& heard);
flows::Steps react(Escrow& state, const payment::PaymentVoided& fact, const flows::Heard& heard);
flows::Steps react(
    Escrow& state, const payment::AuthorizationExpired& fact, const flows::Heard& heard);
flows::Steps react(Escrow& state, const payment::VoidFailed& fact, const flows::Heard& heard);
flows::Steps react(Escrow& state, const payment::RefundSucceeded& fact, const flows::Heard& heard);
flows::Steps react(Escrow& state, const payment::RefundFailed& fact, const flows::Heard& heard);

flows::Steps react(
    Escrow& state,
    const flows::Refused<payment::CapturePayment>& refused,
    const flows::Heard& heard);
flows::Steps react(
    Escrow& state, const flows::Refused<payment::VoidPayment>& refused, const flows::Heard& heard);
flows::Steps react(
    Escrow& state, const flows::Refused<RecordFunding>& refused, const flows::Heard& heard);

}  // namespace smart_contract
