#include "domain/fold/states.hpp"

#include "domain/smart_contract/agreement.hpp"
#include "domain/smart_contract/contract_template.hpp"

namespace smart_contract {

void states(fold::States& states) {
  states.add<AgreementSchema, Agreement>();
  states.add<ContractTemplateSchema, ContractTemplate>();
  states.add<TemplateHashClaimSchema, TemplateHashClaim>();
}

}  // namespace smart_contract
