#include "projections/smart_contract/contracts.hpp"

#include <algorithm>
#include <stdexcept>

#include "projections/smart_contract/deadlines.hpp"
#include "projections/smart_contract/escrow_totals.hpp"
#include "projections/smart_contract/templates.hpp"

namespace smart_contract {
namespace {

using views::FactInfo;
using views::Tables;
using MilestoneId = schemas::Id<"Milestone">;
using Status = MilestoneStatus;

template <class Change>
void edit_contract(Tables& tables, const FactInfo& info, Change&& change) {
  tables.edit(contracts, info.id, info, [&](ContractRow& row) {
    change(row);
    row.updated_at = info.at;
  });
}

// One of the parts of a row. That it lacks one which a fact is about sets the fact aside.
template <class Part, class Id>
Part& part_of(std::vector<Part>& parts, const Id& id, Id Part::*key) {
  const auto found = std::ranges::find(parts, id, key);
  if (found == parts.end()) throw std::runtime_error("the contract's row has no " + id.text());
  return *found;
}

MilestoneRow& milestone_in(ContractRow& row, const MilestoneId& id) {
  return part_of(row.milestones, id, &MilestoneRow::milestone_id);
}

template <class Change>
void edit_milestone(Tables& tables, const FactInfo& info, const MilestoneId& id, Change&& change) {
  edit_contract(tables, info, [&](ContractRow& row) { change(milestone_in(row, id)); });
}

template <class Change>
void edit_dispute(
    Tables& tables, const FactInfo& info, const schemas::Id<"Dispute">& id, Change&& change) {
  edit_contract(tables, info, [&](ContractRow& row) {
    change(part_of(row.disputes, id, &DisputeRow::dispute_id));
  });
}

void set_status(
    ContractRow& row,
    const FactInfo& info,
    AgreementStatus status,
    std::optional<std::string> reason = {}) {
  if (row.status == status) return;
  row.status = status;
  row.history.push_back(
      {.status = status,
       .reason = std::move(reason),
       .changed_at = info.at,
       .by = std::string{info.actor}});
}

void set_status(
    Tables& tables,
    const FactInfo& info,
    AgreementStatus status,
    std::optional<std::string> reason = {}) {
  edit_contract(tables, info, [&](auto& row) { set_status(row, info, status, std::move(reason)); });
}

// Active, or disputed while any milestone is.
void show_activity(ContractRow& row, const FactInfo& info) {
  const bool disputed =
      std::ranges::find(row.milestones, Status::disputed, &MilestoneRow::status) !=
      row.milestones.end();
  set_status(row, info, disputed ? AgreementStatus::disputed : AgreementStatus::active);
}

void set_milestone(Tables& tables, const FactInfo& info, const MilestoneId& id, Status status) {
  edit_milestone(tables, info, id, [&](MilestoneRow& row) {
    row.status = status;
    row.until.reset();
  });
}

// Nobody is waited for any more.
void decided(Tables& tables, const FactInfo& info, const MilestoneId& id, Status status) {
  set_milestone(tables, info, id, status);
  met(tables, info, DeadlineKind::deliver, id.text());
  met(tables, info, DeadlineKind::accept, id.text());
}

}  // namespace

void project(Tables& tables, const FactInfo& info, const ContractDrafted& fact) {
  const auto& terms = fact.terms;
  ContractRow row{
      .contract_id = terms.contract_id,
      .template_id = terms.template_id,
      .status = AgreementStatus::draft,
      .terms = terms,
      .terms_hash = fact.terms_hash,
      .currency_code = terms.currency_code,
      .history =
          {{.status = AgreementStatus::draft,
            .changed_at = info.at,
            .by = std::string{info.actor}}},
      .created_at = info.at,
      .updated_at = info.at};
  for (const auto& party : terms.parties) row.party.push_back(party.party_id);
  for (const auto& milestone : terms.milestones)
    row.milestones.push_back(
        {.milestone_id = milestone.milestone_id,
         .amount = milestone.amount,
         .currency_code = terms.currency_code,
         .until = milestone.due_at});
  tables.insert(contracts, info.id, info, row);
  await(tables, info, DeadlineKind::sign, "", fact.sign_by);
}

void project(Tables& tables, const FactInfo& info, const ContractSigned& fact) {
  edit_contract(tables, info, [&](ContractRow& row) {
    row.signatures.push_back(
        {.party_id = fact.party_id, .signature = fact.signature, .signed_at = info.at});
    set_status(row, info, AgreementStatus::proposed);
  });
}

void project(Tables& tables, const FactInfo& info, const ContractFullySigned& fact) {
  set_status(tables, info, AgreementStatus::fully_signed);
  met(tables, info, DeadlineKind::sign, "");
  await(tables, info, DeadlineKind::fund, "", fact.fund_by);
}

void project(Tables& tables, const FactInfo& info, const FundingRequested& fact) {
  edit_contract(tables, info, [&](ContractRow& row) {
    row.payment_id = fact.payment_id;
    row.funding_failure.reset();
  });
}

void project(Tables& tables, const FactInfo& info, const FundingFailed& fact) {
  edit_contract(tables, info, [&](ContractRow& row) { row.funding_failure = fact.reason; });
}

void project(Tables& tables, const FactInfo& info, const EscrowFunded& fact) {
  edit_contract(tables, info, [&](ContractRow& row) {
    row.funded = fact.amount;
    set_status(row, info, AgreementStatus::funded);
    for (const auto& milestone : row.terms.milestones)
      await(tables, info, DeadlineKind::deliver, milestone.milestone_id.text(), milestone.due_at);
  });
  met(tables, info, DeadlineKind::fund, "");
}

void project(Tables& tables, const FactInfo& info, const ContractTerminated& fact) {
  edit_contract(tables, info, [&](ContractRow& row) {
    if (row.funded == 0) set_status(row, info, AgreementStatus::terminated, fact.reason);
  });
  met(tables, info, DeadlineKind::sign, "");
  met(tables, info, DeadlineKind::fund, "");
}

void project(Tables& tables, const FactInfo& info, const ContractExpired& fact) {
  set_status(tables, info, AgreementStatus::expired, fact.reason);
  met(tables, info, DeadlineKind::sign, "");
  met(tables, info, DeadlineKind::fund, "");
}

void project(Tables& tables, const FactInfo& info, const DeliverySubmitted& fact) {
  edit_contract(tables, info, [&](ContractRow& row) {
    auto& milestone = milestone_in(row, fact.milestone_id);
    milestone.status = Status::submitted;
    milestone.evidence_hash = fact.evidence_hash;
    milestone.until = fact.accept_until;
    show_activity(row, info);
  });
  met(tables, info, DeadlineKind::deliver, fact.milestone_id.text());
  await(tables, info, DeadlineKind::accept, fact.milestone_id.text(), fact.accept_until);
}

void project(Tables& tables, const FactInfo& info, const DeliveryRejected& fact) {
  edit_milestone(tables, info, fact.milestone_id, [&](MilestoneRow& row) {
    row.status = Status::rejected;
    row.reason = fact.reason;
    row.until = fact.deliver_until;
  });
  met(tables, info, DeadlineKind::accept, fact.milestone_id.text());
  await(tables, info, DeadlineKind::deliver, fact.milestone_id.text(), fact.deliver_until);
}

void project(Tables& tables, const FactInfo& info, const DeliveryAccepted& fact) {
  decided(tables, info, fact.milestone_id, Status::accepted);
}

void project(Tables& tables, const FactInfo& info, const DeliveryAutoAccepted& fact) {
  decided(tables, info, fact.milestone_id, Status::accepted);
}

void project(Tables& tables, const FactInfo& info, const ContractRefunded& fact) {
  for (const auto& id : fact.milestone_ids) decided(tables, info, id, Status::given_back);
}

void project(Tables& tables, const FactInfo& info, const DisputeRaised& fact) {
  edit_contract(tables, info, [&](ContractRow& row) {
    auto& milestone = milestone_in(row, fact.milestone_id);
    milestone.status = Status::disputed;
    milestone.until.reset();
    row.disputes.push_back(
        {.dispute_id = fact.dispute_id,
         .milestone_id = fact.milestone_id,
         .party_id = fact.party_id,
         .reason = fact.reason,
         .arbiter_id = fact.arbiter_id,
         .evidence_until = fact.evidence_until,
         .rule_by = fact.rule_by});
    show_activity(row, info);
  });
  met(tables, info, DeadlineKind::deliver, fact.milestone_id.text());
  met(tables, info, DeadlineKind::accept, fact.milestone_id.text());
  await(tables, info, DeadlineKind::rule, fact.dispute_id.text(), fact.rule_by);
}

void project(Tables& tables, const FactInfo& info, const EvidenceSubmitted& fact) {
  edit_dispute(tables, info, fact.dispute_id, [&](DisputeRow& row) {
    row.evidence.push_back(
        {.party_id = fact.party_id, .evidence_hash = fact.evidence_hash, .submitted_at = info.at});
  });
}

void project(Tables& tables, const FactInfo& info, const ArbiterReplaced& fact) {
  edit_dispute(tables, info, fact.dispute_id, [&](DisputeRow& row) {
    row.arbiter_id = fact.arbiter_id;
    row.rule_by = fact.rule_by;
  });
  await(tables, info, DeadlineKind::rule, fact.dispute_id.text(), fact.rule_by);
}

void project(Tables& tables, const FactInfo& info, const DisputeRuled& fact) {
  edit_dispute(tables, info, fact.dispute_id, [&](DisputeRow& row) {
    row.payee_bp = fact.payee_bp;
    row.by_default = !fact.arbiter_id;
  });
  edit_contract(tables, info, [&](ContractRow& row) {
    milestone_in(row, fact.milestone_id).status = Status::ruled;
    show_activity(row, info);
  });
  met(tables, info, DeadlineKind::rule, fact.dispute_id.text());
}

void project(Tables& tables, const FactInfo& info, const SettlementRequested& fact) {
  edit_milestone(tables, info, fact.milestone_id, [&](MilestoneRow& row) {
    row.payouts = fact.payouts;
    row.fee = fact.fee;
    row.refund = fact.refund;
  });
}

void project(Tables& tables, const FactInfo& info, const MilestoneSettled& fact) {
  edit_contract(tables, info, [&](ContractRow& row) {
    milestone_in(row, fact.milestone_id).settled = true;
    row.released += fact.released;
    row.fees += fact.fee;
    row.refunded += fact.refunded;
  });
}

void project(Tables& tables, const FactInfo& info, const ContractSettled& fact) {
  set_status(
      tables, info, fact.released > 0 ? AgreementStatus::settled : AgreementStatus::refunded);
}

void project(Tables& tables, const FactInfo& info, const ContractComplianceChecked& fact) {
  edit_contract(tables, info, [&](ContractRow& row) {
    row.checks.push_back({.rule = fact.rule, .passed = fact.passed, .checked_at = info.at});
  });
}

// Who has given the contract up matters when all have, which is another fact.
void project(Tables&, const FactInfo&, const TerminationAgreed&) {}

views::ViewType contracts_view() {
  return views::Builder{"contracts", 2}
      .table(
          contracts,
          {{.by = {"created_at"}},
           {.by = {"party", "created_at"}},
           {.by = {"status", "created_at"}},
           {.by = {"party", "status", "created_at"}}})
      .table(deadlines, {{.by = {"at"}}, {.by = {"kind", "at"}}, {.by = {"contract_id", "at"}}})
      .facts<AgreementFact>()
      .build();
}

void views(std::vector<::views::ViewType>& all) {
  all.push_back(contracts_view());
  all.push_back(contract_templates_view());
  all.push_back(escrow_totals_view());
}

}  // namespace smart_contract
