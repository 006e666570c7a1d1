// The view "contracts": contracts with all that has become of them, and what is waited for until
// when.
#pragma once

#include "projections/views/view.hpp"
#include "schemas/smart_contract.hpp"

namespace smart_contract {

inline constexpr views::Table<ContractRow> contracts{"contracts"};
inline constexpr views::Table<DeadlineRow> deadlines{
    "deadlines"};  // by contract ~ kind [~ subject]

views::ViewType contracts_view();

// A ContractVerificationRow, made out of the contract's row.
std::optional<views::Row> verification(const views::Moment& moment, std::string_view contract_id);

}  // namespace smart_contract
