// The table "deadlines": a row for whatever a contract waits for, as long as it does.
#pragma once

#include "projections/smart_contract/contracts.hpp"

namespace smart_contract {

// The subject is a milestone or a dispute; empty when it is the contract itself.
void await(
    views::Tables& tables,
    const views::FactInfo& info,
    DeadlineKind kind,
    std::string_view subject,
    schemas::Time at);
// It has come, or is not waited for any more; harmless when it never was.
void met(
    views::Tables& tables,
    const views::FactInfo& info,
    DeadlineKind kind,
    std::string_view subject);

}  // namespace smart_contract
