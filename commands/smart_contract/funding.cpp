// The contract's amount gets into escrow: as a payment of the funder that is captured in full.
#include "commands/smart_contract/agreement.hpp"
#include "schemas/payment.hpp"

namespace smart_contract {
namespace {

using kernel::nothing;

PaymentId next_payment(const Agreement& agreement) {
  return PaymentId{agreement.terms.contract_id.text() + '~' + std::to_string(agreement.tries + 1)};
}

// What is asked for is paid by this payment, as the terms have it.
template <class Command>
std::optional<Rejection> wrong_with(const Agreement& agreement, const Command& command) {
  if (!agreement.funding || agreement.ended() || agreement.payment_id != command.payment_id)
    return Rejection::funding_not_requested;
  if (command.currency_code != agreement.terms.currency_code) return Rejection::wrong_asset;
  if (command.amount != agreement.terms.amount) return Rejection::wrong_amount;
  return std::nullopt;
}

}  // namespace

AgreementDecision decide(const Agreement& agreement, const FundContract& command, Time now) {
  const auto* party = agreement.party(command.party_id);
  if (!party) return Rejection::not_a_party;
  if (party->role != PartyRole::funder) return Rejection::forbidden;
  if (agreement.in_escrow()) return Rejection::already_funded;
  if (agreement.ended()) return Rejection::window_closed;
  if (agreement.status != AgreementStatus::fully_signed) return Rejection::not_fully_signed;
  if (now >= agreement.fund_by) return Rejection::window_closed;
  if (agreement.funding) return Rejection::funding_under_way;
  return FundingRequested{
      .payment_id = next_payment(agreement), .payment_method = command.payment_method};
}

AgreementDecision decide(const Agreement& agreement, const AttachFunding& command) {
  if (const auto wrong = wrong_with(agreement, command)) return *wrong;
  return nothing;
}

AgreementDecision decide(const Agreement& agreement, const RecordFunding& command) {
  if (agreement.in_escrow())
    return agreement.payment_id == command.payment_id ? AgreementDecision{nothing}
                                                      : Rejection::already_funded;
  if (agreement.ended()) return Rejection::window_closed;
  if (const auto wrong = wrong_with(agreement, command)) return *wrong;
  return EscrowFunded{
      .payment_id = command.payment_id,
      .amount = command.amount,
      .currency_code = command.currency_code};
}

AgreementDecision decide(const Agreement& agreement, const RecordFundingFailure& command) {
  if (agreement.in_escrow()) return Rejection::already_funded;
  if (agreement.ended() || !agreement.funding || agreement.payment_id != command.payment_id)
    return nothing;
  return FundingFailed{.payment_id = command.payment_id, .reason = command.reason};
}

AgreementDecision decide(const Agreement& agreement, const ExpireContract&, Time now) {
  if (agreement.in_escrow() || agreement.ended()) return nothing;
  const bool signed_by_all = agreement.status == AgreementStatus::fully_signed;
  if (now < (signed_by_all ? agreement.fund_by : agreement.sign_by)) return Rejection::too_early;
  return ContractExpired{.reason = signed_by_all ? "not_funded" : "not_signed"};
}

std::vector<engine::Step> together(const Agreement& agreement, const FundContract& command) {
  return {engine::step(payment::InitiatePayment{
      .payment_id = next_payment(agreement),
      .contract_id = command.contract_id,
      .user_id = command.party_id,
      .amount = agreement.terms.amount,
      .currency_code = agreement.terms.currency_code,
      .payment_method = command.payment_method})};
}

std::vector<engine::Step> together(const Agreement&, const RecordFunding& command) {
  return {engine::step(payment::RequireCaptured{.payment_id = command.payment_id})};
}

std::vector<engine::Step> together(const Agreement&, const RecordFundingFailure& command) {
  return {engine::step(payment::RequireClosed{.payment_id = command.payment_id})};
}

}  // namespace smart_contract
