// A text that contracts are drafted from, known by its hash. It never changes; once it is approved
// it stays so. No two have the same text.
#pragma once

#include "domain/kernel/decider.hpp"
#include "schemas/smart_contract.hpp"

namespace smart_contract {

struct ContractTemplate {
  std::optional<TemplateRegistered> registered;
  bool approved = false;
};

inline void evolve(ContractTemplate& contract_template, const TemplateRegistered& fact) {
  contract_template.registered = fact;
}
inline void evolve(ContractTemplate& contract_template, const TemplateApproved&) {
  contract_template.approved = true;
}

// Whose text a hash is of; there is one claim for each.
struct TemplateHashClaim {
  std::optional<schemas::Id<"ContractTemplate">> template_id;
};

inline void evolve(TemplateHashClaim& claim, const TemplateHashClaimed& fact) {
  claim.template_id = fact.template_id;
}

}  // namespace smart_contract
