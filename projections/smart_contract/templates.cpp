#include "projections/smart_contract/templates.hpp"

namespace smart_contract {

using views::FactInfo;
using views::Tables;

void project(Tables& tables, const FactInfo& info, const TemplateRegistered& fact) {
  tables.insert(
      templates,
      info.id,
      info,
      ContractTemplateRow{
          .template_id = schemas::Id<"ContractTemplate">{info.id},
          .status = TemplateStatus::registered,
          .source_hash = fact.source_hash,
          .parameters = fact.parameters,
          .registered_at = info.at});
}

void project(Tables& tables, const FactInfo& info, const TemplateApproved& fact) {
  tables.edit(templates, info.id, info, [&](ContractTemplateRow& row) {
    row.status = TemplateStatus::approved;
    row.audit_ref = fact.audit_ref;
  });
}

views::ViewType contract_templates_view() {
  return views::Builder{"contract_templates", 1}
      .table(templates, {{.by = {"registered_at"}}, {.by = {"status", "registered_at"}}})
      .facts<ContractTemplateFact>()
      .build();
}

}  // namespace smart_contract
