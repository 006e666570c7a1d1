#include "gateways/http/smart_contract/routes.hpp"

#include "projections/smart_contract/contracts.hpp"

namespace smart_contract {

void routes(http::Routes& routes) {
  routes.command("POST", "/contract-templates", "RegisterTemplate");
  routes.command("POST", "/contract-templates/{template_id}/approve", "ApproveTemplate");

  routes.command("POST", "/contracts", "DraftContract");
  routes.command("POST", "/contracts/{contract_id}/sign", "SignContract");
  routes.command("POST", "/contracts/{contract_id}/fund", "FundContract");
  routes.command("POST", "/contracts/{contract_id}/cancel", "TerminateContract");
  const std::string milestone = "/contracts/{contract_id}/milestones/{milestone_id}/";
  routes.command("POST", milestone + "deliver", "SubmitDelivery");
  routes.command("POST", milestone + "accept", "AcceptDelivery");
  routes.command("POST", milestone + "reject", "RejectDelivery");
  routes.command("POST", milestone + "dispute", "RaiseDispute");
  const std::string dispute = "/contracts/{contract_id}/disputes/{dispute_id}/";
  routes.command("POST", dispute + "evidence", "SubmitEvidence");
  routes.command("POST", dispute + "rule", "RuleDispute");

  routes.row(
      "/contract-templates/{template_id}",
      {.view = "contract_templates", .table = "templates", .row = "ContractTemplateRow"});
  routes.list(
      "/contract-templates",
      {.view = "contract_templates",
       .table = "templates",
       .row = "ContractTemplateRow",
       .filters = {"status"},
       .sorts = {"registered_at"}});
  routes.row(
      "/contracts/{contract_id}",
      {.view = "contracts", .table = "contracts", .row = "ContractRow"});
  routes.row(
      "/contracts/{contract_id}/verify",
      {.view = "contracts", .row = "ContractVerificationRow", .make = verification});
  routes.list(
      "/contracts",
      {.view = "contracts",
       .table = "contracts",
       .row = "ContractRow",
       .filters = {"party", "status"},
       .sorts = {"-created_at"}});
  routes.list(
      "/contracts/{contract_id}/deadlines",
      {.view = "contracts", .table = "deadlines", .row = "DeadlineRow", .sorts = {"at"}});
  routes.list(
      "/contract-deadlines",
      {.view = "contracts",
       .table = "deadlines",
       .row = "DeadlineRow",
       .filters = {"kind"},
       .sorts = {"at"}});
  routes.list(
      "/escrow-totals", {.view = "escrow_totals", .table = "totals", .row = "EscrowTotalRow"});
}

}  // namespace smart_contract
