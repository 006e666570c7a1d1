#include <algorithm>

#include "domain/smart_contract/terms.hpp"
#include "projections/smart_contract/contracts.hpp"

namespace smart_contract {

std::optional<views::Row> verification(const views::Moment& moment, std::string_view contract_id) {
  const auto stored = moment.get(contracts.name, contract_id);
  if (!stored) return std::nullopt;
  ContractRow contract;
  decode(stored->bytes, contract);
  ContractVerificationRow row{
      .contract_id = contract.contract_id,
      .terms = contract.terms,
      .terms_hash = hash_of(contract.terms)};
  row.terms_unchanged = row.terms_hash == contract.terms_hash;
  for (const auto& party : contract.terms.parties) {
    auto& verdict = row.signatures.emplace_back(
        SignatureVerdict{.party_id = party.party_id, .public_key = party.public_key});
    const auto found =
        std::ranges::find(contract.signatures, party.party_id, &SignatureRow::party_id);
    if (found == contract.signatures.end()) continue;
    verdict.signature = found->signature;
    verdict.valid = has_signed(party, row.terms_hash, found->signature);
  }
  return views::Row{
      .key = std::string{contract_id},
      .version = stored->version,
      .position = stored->position,
      .bytes = encode(row)};
}

}  // namespace smart_contract
