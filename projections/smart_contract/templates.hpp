// The view "contract_templates": what contracts may be drafted from.
#pragma once

#include "projections/views/view.hpp"
#include "schemas/smart_contract.hpp"

namespace smart_contract {

inline constexpr views::Table<ContractTemplateRow> templates{"templates"};

views::ViewType contract_templates_view();

}  // namespace smart_contract
