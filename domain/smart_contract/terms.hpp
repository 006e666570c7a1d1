// What follows from the terms of a contract alone, whatever has become of it.
#pragma once

#include "schemas/smart_contract.hpp"

namespace smart_contract {

// In hexadecimal: the SHA-256 of the terms as JSON, in the canonical form of RFC 8785. Whoever has
// the row of a contract can make it from the row's `terms`.
std::string hash_of(const ContractTerms& terms);

// 64 hexadecimal digits in lower case: a SHA-256, or an Ed25519 key.
bool is_32_bytes(std::string_view hex);

// Whether it is this party's signature over the 32 bytes of the terms' hash.
bool has_signed(const Party& party, std::string_view terms_hash, std::string_view signature);

// What a milestone's money comes to. The parts sum to the amount.
struct Division {
  std::vector<Payout> payouts;  // to the payees who get something, as the terms list them
  std::int64_t fee = 0;
  std::int64_t refund = 0;  // to the funder

  // All that leaves the escrow for others than the funder.
  std::int64_t released() const;
};

// The payees get this many basis points of the amount, less the fee, in their shares; the funder
// the rest. Rounded once, by largest remainder; of equal remainders, payees are before the fee.
Division divide(const ContractTerms& terms, std::int64_t amount, std::int64_t payee_bp);

}  // namespace smart_contract
