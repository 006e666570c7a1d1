#include "commands/smart_contract/contract_template.hpp"

#include "domain/smart_contract/terms.hpp"

namespace smart_contract {

using kernel::nothing;
using Decision = ContractTemplateDecider::Decision;

Decision decide(const ContractTemplate& contract_template, const RegisterTemplate& command) {
  TemplateRegistered fact{.source_hash = command.source_hash, .parameters = command.parameters};
  if (contract_template.registered)
    return *contract_template.registered == fact ? Decision{nothing} : Rejection::already_exists;
  if (!is_32_bytes(command.source_hash)) return Rejection::hash_invalid;
  return fact;
}

Decision decide(const ContractTemplate& contract_template, const ApproveTemplate& command) {
  if (contract_template.approved) return nothing;
  if (!command.audit_ref || command.audit_ref->empty()) return Rejection::audit_missing;
  return TemplateApproved{.audit_ref = *command.audit_ref};
}

Decision decide(const ContractTemplate& contract_template, const UseTemplate&) {
  return contract_template.approved ? Decision{nothing} : Rejection::template_not_approved;
}

TemplateHashClaimDecider::Decision decide(
    const TemplateHashClaim& claim, const ClaimTemplateHash& command) {
  if (claim.template_id == command.template_id) return nothing;
  if (claim.template_id) return Rejection::hash_exists;
  return TemplateHashClaimed{.template_id = command.template_id};
}

std::vector<engine::Step> together(const ContractTemplate&, const RegisterTemplate& command) {
  return {engine::step(ClaimTemplateHash{
      .source_hash = schemas::Id<"TemplateHashClaim">{command.source_hash},
      .template_id = command.template_id})};
}

}  // namespace smart_contract
