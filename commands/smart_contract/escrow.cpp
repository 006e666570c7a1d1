#include "commands/smart_contract/escrow.hpp"

#include <algorithm>

#include "commands/smart_contract/agreement.hpp"

namespace smart_contract {
namespace {

using flows::Heard;
using flows::Refused;
using flows::Steps;
using Money = EscrowMoney;

// ---- Timers ----

std::string answer_of(const MilestoneId& id) { return "accept~" + id.text(); }
std::string delivery_of(const MilestoneId& id) { return "return~" + id.text(); }

flows::Step expire(const Escrow& state, schemas::Time when) {
  return flows::later(when, "expire", ExpireContract{.contract_id = state.contract_id});
}

flows::Step await_delivery(const Escrow& state, const MilestoneId& id, schemas::Time until) {
  return flows::later(
      until, delivery_of(id), RefundContract{.contract_id = state.contract_id, .milestone_id = id});
}

// Nobody is waited for any more.
Steps stop_waiting(const MilestoneId& id) {
  return {flows::forget(answer_of(id)), flows::forget(delivery_of(id))};
}

// ---- Money that comes in ----

// Facts of a payment that was tried before this one change nothing.
bool is_about(const Escrow& state, const Heard& heard) {
  return heard.id == state.payment_id.text() && state.money != Money::none;
}

std::string step_of(std::string_view what, const Escrow& state) {
  return std::string{what} + '~' + state.payment_id.text();
}

flows::Step request(const Escrow& state, const EscrowRefund& refund) {
  return flows::send(
      "refund~" + refund.refund_id.text(),
      payment::RequestRefund{
          .payment_id = state.payment_id,
          .refund_id = refund.refund_id,
          .amount = refund.amount,
          .reason = refund.milestone_id ? "the funder's part" : "the contract has ended"});
}

schemas::Id<"Refund"> id_of(const Escrow& state, const EscrowRefund& refund) {
  const auto prefix = refund.milestone_id ? refund_prefix(state.contract_id, *refund.milestone_id)
                                          : ended_refund_prefix(state.payment_id);
  return schemas::Id<"Refund">{prefix + std::to_string(refund.tries)};
}

// `suffix` tells the tries apart.
flows::Step void_payment(const Escrow& state, const std::string& suffix) {
  return flows::send(
      step_of("void", state) + '~' + suffix,
      payment::VoidPayment{.payment_id = state.payment_id, .reason = "no money goes into escrow"});
}

flows::Step ask_back(Escrow& state, EscrowRefund refund) {
  refund.tries = 1;
  refund.refund_id = id_of(state, refund);
  return request(state, state.refunds.emplace_back(std::move(refund)));
}

// Of a contract that has ended without it.
flows::Step give_back(Escrow& state) {
  if (state.money != Money::captured) return void_payment(state, "ended");
  return ask_back(state, {.amount = state.amount});
}

// Nothing is held or taken, or will be.
Steps money_gone(Escrow& state, const Heard& heard, std::string reason) {
  if (!is_about(state, heard)) return {};
  state.money = Money::none;
  if (state.closed) return {flows::end()};
  return {flows::send(
      step_of("record_failure", state),
      RecordFundingFailure{
          .contract_id = state.contract_id,
          .payment_id = state.payment_id,
          .reason = std::move(reason)})};
}

Steps close(Escrow& state) {
  if (state.funded) return {};  // what is in escrow goes on
  state.closed = true;
  if (state.money == Money::none) return {flows::end()};
  Steps steps{flows::forget("expire"), give_back(state)};
  if (state.money == Money::unknown) steps.push_back(flows::stuck("escrow_money_unknown"));
  return steps;
}

// ---- Money that goes out ----

std::vector<EscrowRefund>::iterator find_refund(Escrow& state, const schemas::Id<"Refund">& id) {
  return std::ranges::find(state.refunds, id, &EscrowRefund::refund_id);
}

}  // namespace

Steps react(Escrow& state, const ContractDrafted& fact, const Heard&) {
  state.contract_id = fact.terms.contract_id;
  state.amount = fact.terms.amount;
  state.currency_code = fact.terms.currency_code;
  state.milestones = fact.terms.milestones;
  return {expire(state, fact.sign_by)};
}

Steps react(Escrow& state, const ContractFullySigned& fact, const Heard&) {
  return {expire(state, fact.fund_by)};
}

Steps react(Escrow& state, const ContractTerminated&, const Heard&) { return close(state); }
Steps react(Escrow& state, const ContractExpired&, const Heard&) { return close(state); }

Steps react(Escrow& state, const FundingRequested& fact, const Heard&) {
  state.payment_id = fact.payment_id;
  state.money = Money::asked;
  return {flows::follow<payment::PaymentIntentSchema>(state.payment_id)};
}

Steps react(Escrow& state, const EscrowFunded&, const Heard&) {
  state.funded = true;
  Steps steps{flows::forget("expire")};
  for (const auto& milestone : state.milestones)
    steps.push_back(await_delivery(state, milestone.milestone_id, milestone.due_at));
  return steps;
}

Steps react(Escrow& state, const DeliverySubmitted& fact, const Heard&) {
  return {
      flows::forget(delivery_of(fact.milestone_id)),
      flows::later(
          fact.accept_until,
          answer_of(fact.milestone_id),
          AutoAccept{.contract_id = state.contract_id, .milestone_id = fact.milestone_id})};
}

Steps react(Escrow& state, const DeliveryRejected& fact, const Heard&) {
  return {
      flows::forget(answer_of(fact.milestone_id)),
      await_delivery(state, fact.milestone_id, fact.deliver_until)};
}

Steps react(Escrow&, const DisputeRaised& fact, const Heard&) {
  return stop_waiting(fact.milestone_id);
}

// Where nothing goes back, the settlement is in the same commit.
Steps react(Escrow& state, const SettlementRequested& fact, const Heard&) {
  auto steps = stop_waiting(fact.milestone_id);
  if (fact.refund == 0) return steps;
  steps.push_back(ask_back(state, {.milestone_id = fact.milestone_id, .amount = fact.refund}));
  return steps;
}

Steps react(Escrow&, const ContractSettled&, const Heard&) { return {flows::end()}; }

Steps react(Escrow& state, const payment::PaymentBlocked&, const Heard& heard) {
  return money_gone(state, heard, "payment_blocked");
}

Steps react(Escrow& state, const payment::PaymentDeclined&, const Heard& heard) {
  return money_gone(state, heard, "payment_declined");
}

Steps react(Escrow& state, const payment::PaymentVoided&, const Heard& heard) {
  return money_gone(state, heard, "payment_voided");
}

Steps react(Escrow& state, const payment::PaymentOutcomeUnknown&, const Heard& heard) {
  if (!is_about(state, heard) || state.money != Money::asked) return {};
  state.money = Money::unknown;
  if (!state.closed) return {};
  return {flows::stuck("escrow_money_unknown")};
}

Steps react(Escrow& state, const payment::PaymentAuthorized&, const Heard& heard) {
  if (!is_about(state, heard)) return {};  // the payment lets go of it by itself
  state.money = Money::authorized;
  if (state.closed) return {flows::unstuck()};  // it is being voided
  return {flows::send(
      step_of("capture", state), payment::CapturePayment{.payment_id = state.payment_id})};
}

Steps react(Escrow& state, const payment::PaymentCaptured&, const Heard& heard) {
  if (!is_about(state, heard)) return {};
  state.money = Money::captured;
  if (state.closed) return {give_back(state)};
  return {flows::send(
      step_of("record", state),
      RecordFunding{
          .contract_id = state.contract_id,
          .payment_id = state.payment_id,
          .amount = state.amount,
          .currency_code = state.currency_code})};
}

Steps react(Escrow& state, const payment::CaptureFailed&, const Heard& heard) {
  if (!is_about(state, heard)) return {};
  return {void_payment(state, "capture_failed~" + std::to_string(heard.version))};
}

Steps react(Escrow& state, const payment::AuthorizationExpired&, const Heard& heard) {
  return money_gone(state, heard, "authorization_expired");
}

Steps react(Escrow&, const payment::VoidFailed&, const Heard&) {
  return {flows::stuck("escrow_void_failed")};
}

Steps react(Escrow& state, const payment::RefundSucceeded& fact, const Heard&) {
  const auto found = find_refund(state, fact.refund_id);
  if (found == state.refunds.end()) return {};
  const auto milestone_id = found->milestone_id;
  state.refunds.erase(found);
  if (!milestone_id) return {flows::end()};
  Steps steps{flows::send(
      "settle~" + milestone_id->text(),
      RecordSettlement{
          .contract_id = state.contract_id,
          .milestone_id = *milestone_id,
          .refund_id = fact.refund_id})};
  if (std::ranges::none_of(state.refunds, &EscrowRefund::failed)) steps.push_back(flows::unstuck());
  return steps;
}

Steps react(Escrow& state, const payment::RefundFailed& fact, const Heard& heard) {
  const auto found = find_refund(state, fact.refund_id);
  if (found == state.refunds.end()) return {};
  found->failed = true;
  ++found->tries;
  found->refund_id = id_of(state, *found);
  auto again = std::get<flows::Send>(request(state, *found));
  again.due = heard.at + refund_again;
  return {flows::stuck("escrow_refund_failed"), std::move(again)};
}

// The payment was voided, or the contract ended, a moment before, which is heard.
Steps react(Escrow&, const Refused<payment::CapturePayment>& refused, const Heard&) {
  if (refused.code == "payment/payment_closed" ||
      refused.code == "smart_contract/funding_not_requested")
    return {};
  return {flows::stuck("escrow_capture_refused")};
}

// A capture was quicker; what becomes of it is heard.
Steps react(Escrow&, const Refused<payment::VoidPayment>& refused, const Heard&) {
  if (refused.code == "payment/already_captured") return {};
  return {flows::stuck("escrow_void_failed")};
}

// The contract ended a moment before, which is heard.
Steps react(Escrow&, const Refused<RecordFunding>& refused, const Heard&) {
  if (refused.code == "smart_contract/window_closed") return {};
  return {flows::stuck("escrow_funding_refused")};
}

flows::FlowType escrow() {
  using namespace payment;
  return flows::Builder<Escrow>{"escrow"}
      .begins<ContractDrafted>()
      .hears<ContractFullySigned, ContractTerminated, ContractExpired>()
      .hears<FundingRequested, EscrowFunded, DeliverySubmitted, DeliveryRejected>()
      .hears<DisputeRaised, SettlementRequested, ContractSettled>()
      .hears<PaymentBlocked, PaymentDeclined, PaymentOutcomeUnknown, PaymentAuthorized>()
      .hears<PaymentCaptured, CaptureFailed, PaymentVoided, VoidFailed>()
      .hears<AuthorizationExpired, RefundSucceeded, RefundFailed>()
      .refused<CapturePayment, VoidPayment, RecordFunding>()
      .build();
}

}  // namespace smart_contract
