// The view "escrow_totals": the money in escrow. Apart from the contracts, because its rows mix all
// of them: what one contract's facts do to it must not hold up the others' rows.
#pragma once

#include "projections/views/view.hpp"
#include "schemas/smart_contract.hpp"

namespace smart_contract {

inline constexpr views::Table<EscrowTotalRow> escrow_totals{"totals"};  // by currency

views::ViewType escrow_totals_view();

}  // namespace smart_contract
