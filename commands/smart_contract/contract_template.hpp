// What may be done with a template: registered with its hash, in one commit, and approved.
#pragma once

#include "commands/engine/step.hpp"
#include "domain/smart_contract/contract_template.hpp"

namespace smart_contract {

using ContractTemplateDecider = kernel::Decider<ContractTemplateSchema, ContractTemplate>;
using TemplateHashClaimDecider = kernel::Decider<TemplateHashClaimSchema, TemplateHashClaim>;

ContractTemplateDecider::Decision decide(
    const ContractTemplate& contract_template, const RegisterTemplate& command);
ContractTemplateDecider::Decision decide(
    const ContractTemplate& contract_template, const ApproveTemplate& command);
ContractTemplateDecider::Decision decide(
    const ContractTemplate& contract_template, const UseTemplate& command);

TemplateHashClaimDecider::Decision decide(
    const TemplateHashClaim& claim, const ClaimTemplateHash& command);

std::vector<engine::Step> together(
    const ContractTemplate& contract_template, const RegisterTemplate& command);

}  // namespace smart_contract
