#include "domain/smart_contract/terms.hpp"

#include <numeric>

#include "domain/kernel/crypto.hpp"
#include "domain/kernel/split.hpp"
#include "schemas/json.hpp"

namespace smart_contract {

using kernel::basis_points;

std::string hash_of(const ContractTerms& terms) {
  static const auto& table = *schemas::platform().table(ContractTerms::type_name);
  return kernel::to_hex(
      kernel::text(kernel::sha256(schemas::canonical_json(table, encode(terms)))));
}

bool is_32_bytes(std::string_view hex) {
  return hex.size() == 64 && kernel::from_hex(hex).has_value();
}

bool has_signed(const Party& party, std::string_view terms_hash, std::string_view signature) {
  const auto key = kernel::from_hex(party.public_key);
  const auto hash = kernel::from_hex(terms_hash);
  const auto signed_bytes = kernel::from_hex(signature);
  return key && hash && signed_bytes && kernel::verify_ed25519(*key, *hash, *signed_bytes);
}

std::int64_t Division::released() const {
  return std::accumulate(
      payouts.begin(), payouts.end(), fee, [](std::int64_t sum, const Payout& payout) {
        return sum + payout.amount;
      });
}

Division divide(const ContractTerms& terms, std::int64_t amount, std::int64_t payee_bp) {
  std::vector<std::int64_t> weights;
  for (const auto& party : terms.parties)
    if (party.role == PartyRole::payee)
      weights.push_back(payee_bp * party.share_bp * (basis_points - terms.fee_bp));
  weights.push_back(payee_bp * basis_points * terms.fee_bp);
  weights.push_back((basis_points - payee_bp) * basis_points * basis_points);

  const auto parts = kernel::split(amount, weights);
  Division division{.fee = parts[parts.size() - 2], .refund = parts.back()};
  auto part = parts.begin();
  for (const auto& party : terms.parties)
    if (party.role == PartyRole::payee)
      if (const auto amount_due = *part++; amount_due > 0)
        division.payouts.push_back({.party_id = party.party_id, .amount = amount_due});
  return division;
}

}  // namespace smart_contract
