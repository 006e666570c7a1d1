// Terms are written down, and signed.
#include <algorithm>

#include "commands/smart_contract/agreement.hpp"
#include "domain/kernel/currency.hpp"
#include "domain/kernel/split.hpp"

namespace smart_contract {
namespace {

using kernel::basis_points;
using kernel::nothing;

ContractTerms terms_of(const DraftContract& command) {
  return {
      .contract_id = command.contract_id,
      .template_id = command.template_id,
      .parties = command.parties,
      .arbiters = command.arbiters,
      .currency_code = command.currency_code,
      .amount = command.amount,
      .milestones = command.milestones,
      .fee_bp = command.fee_bp,
      .default_payee_bp = command.default_payee_bp,
      .acceptance_seconds =
          command.acceptance_seconds.value_or(std::chrono::seconds{acceptance_time}.count())};
}

bool parties_fit(const ContractTerms& terms) {
  const auto funders = std::ranges::count(terms.parties, PartyRole::funder, &Party::role);
  const auto payees = terms.parties.size() - static_cast<std::size_t>(funders);
  if (funders != 1 || payees < 1 || payees > payees_max) return false;
  if (terms.arbiters.empty() || terms.arbiters.size() > arbiters_max) return false;
  std::set<UserId> everybody{terms.arbiters.begin(), terms.arbiters.end()};
  for (const auto& party : terms.parties) everybody.insert(party.party_id);
  return everybody.size() == terms.parties.size() + terms.arbiters.size();
}

bool shares_are_exact(const std::vector<Party>& parties) {
  std::int64_t sum = 0;
  for (const auto& party : parties) {
    if ((party.role == PartyRole::payee) != (party.share_bp > 0)) return false;
    sum += party.share_bp;
  }
  return sum == basis_points;
}

bool milestones_fit(const std::vector<MilestoneTerms>& milestones, Time now) {
  std::set<MilestoneId> ids;
  const auto fits = [&](const MilestoneTerms& milestone) {
    return ids.insert(milestone.milestone_id).second && milestone.amount >= 1 &&
           milestone.due_at > now;
  };
  return !milestones.empty() && milestones.size() <= milestones_max &&
         std::ranges::all_of(milestones, fits);
}

__int128 total(const std::vector<MilestoneTerms>& milestones) {
  __int128 sum = 0;  // which twenty int64 fit into
  for (const auto& milestone : milestones) sum += milestone.amount;
  return sum;
}

std::optional<Rejection> wrong_with(const ContractTerms& terms, Time now) {
  if (!parties_fit(terms)) return Rejection::parties_invalid;
  const auto has_key = [](const Party& party) { return is_32_bytes(party.public_key); };
  if (!std::ranges::all_of(terms.parties, has_key)) return Rejection::key_invalid;
  if (!shares_are_exact(terms.parties)) return Rejection::shares_not_exact;
  if (!kernel::is_currency(terms.currency_code)) return Rejection::currency_unknown;
  if (!milestones_fit(terms.milestones, now)) return Rejection::milestones_invalid;
  if (total(terms.milestones) != terms.amount) return Rejection::milestone_sum_mismatch;
  return std::nullopt;
}

}  // namespace

AgreementDecision decide(const Agreement& agreement, const DraftContract& command, Time now) {
  auto terms = terms_of(command);
  if (agreement.exists())
    return agreement.terms == terms ? AgreementDecision{nothing} : Rejection::already_exists;
  if (const auto wrong = wrong_with(terms, now)) return *wrong;
  auto hash = hash_of(terms);
  return ContractDrafted{
      .terms = std::move(terms), .terms_hash = std::move(hash), .sign_by = now + sign_time};
}

AgreementDecision decide(const Agreement& agreement, const SignContract& command, Time now) {
  const auto* party = agreement.party(command.party_id);
  if (!party) return Rejection::not_a_party;
  if (agreement.signed_by.contains(command.party_id)) return nothing;
  if (agreement.status > AgreementStatus::proposed || now >= agreement.sign_by)
    return Rejection::window_closed;
  if (command.terms_hash && *command.terms_hash != agreement.terms_hash)
    return Rejection::terms_changed;
  if (!has_signed(*party, agreement.terms_hash, command.signature))
    return Rejection::signature_invalid;
  AgreementDecision::Facts facts{
      ContractSigned{.party_id = command.party_id, .signature = command.signature}};
  if (agreement.signed_by.size() + 1 == agreement.terms.parties.size())
    facts.emplace_back(ContractFullySigned{.fund_by = now + fund_time});
  return facts;
}

AgreementDecision decide(const Agreement&, const RecordComplianceCheck& command) {
  return ContractComplianceChecked{.rule = command.rule, .passed = command.passed};
}

std::vector<engine::Step> together(const Agreement&, const DraftContract& command) {
  return {engine::step(UseTemplate{.template_id = command.template_id})};
}

}  // namespace smart_contract
