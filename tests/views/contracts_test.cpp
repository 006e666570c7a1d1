#include "projections/smart_contract/contracts.hpp"

#include <doctest/doctest.h>

#include "projections/smart_contract/escrow_totals.hpp"
#include "projections/smart_contract/templates.hpp"
#include "tests/smart_contract/values.hpp"
#include "tests/views/folded.hpp"

using namespace smart_contract;
using Keys = std::vector<std::string>;
using S = AgreementStatus;

namespace {

struct View : folded::View {
  View() : folded::View{contracts_view()} {}

  template <class... Facts>
  View& tell(const Facts&... facts) {
    (add("smart_contract/Agreement/c-1", facts), ...);
    return *this;
  }
  View& fund() {
    return tell(
        drafted,
        signed_by(ann),
        signed_by(bob),
        signed_by(cyd),
        signed_by(dan),
        fully_signed,
        funding(),
        funded);
  }
  ContractRow contract() const { return row(contracts, "c-1").value(); }
};

// What the third of the terms' payees gets is left out; the view shows what it is told.
const SettlementRequested requested{
    .milestone_id = m1,
    .payouts = {{.party_id = bob, .amount = 7314}},
    .fee = 187,
    .refund = 2500,
    .currency_code = "EUR"};
const MilestoneSettled settled{
    .milestone_id = m1, .released = 7501, .fee = 187, .refunded = 2500, .currency_code = "EUR"};

}  // namespace

TEST_SUITE("views: contracts") {
  TEST_CASE("a row shows the parties, the milestones, the escrow and what became of them") {
    View view;
    view.fund().tell(
        delivered(),
        disputed,
        EvidenceSubmitted{.dispute_id = d1, .party_id = bob, .evidence_hash = hash});
    auto row = view.contract();
    CHECK(row.status == S::disputed);
    CHECK(row.terms_hash == drafted.terms_hash);
    CHECK(row.signatures.size() == 4);
    CHECK(row.payment_id == p1);
    CHECK(row.funded == 15'001);
    CHECK(row.milestones[0].status == Status::disputed);
    CHECK(row.milestones[0].evidence_hash == hash);
    CHECK(row.disputes[0].evidence.size() == 1);
    CHECK(row.disputes[0].arbiter_id == eve);

    view.tell(ruled(7500), requested, settled);
    row = view.contract();
    CHECK(row.status == S::active);
    CHECK(row.disputes[0].payee_bp == 7500);
    CHECK_FALSE(row.disputes[0].by_default);
    CHECK(row.milestones[0].status == Status::ruled);
    CHECK(row.milestones[0].settled);
    CHECK(row.milestones[0].payouts[0].amount == 7314);
    CHECK(row.released == 7501);
    CHECK(row.fees == 187);
    CHECK(row.refunded == 2500);

    view.tell(ContractSettled{.released = 12'501, .currency_code = "EUR"});
    std::vector<S> history;
    for (const auto& change : view.contract().history) history.push_back(change.status);
    CHECK(
        history == std::vector{
                       S::draft,
                       S::proposed,
                       S::fully_signed,
                       S::funded,
                       S::active,
                       S::disputed,
                       S::active,
                       S::settled});
    CHECK(view.contract().history[0].by == "ann");
  }

  TEST_CASE("contracts are listed by party and by status") {
    View view;
    view.tell(drafted);
    auto other = drafted;
    other.terms.contract_id = schemas::Id<"Agreement">{"c-0"};
    other.terms.parties.resize(2);
    view.add("smart_contract/Agreement/c-0", other);
    view.tell(signed_by(ann));
    CHECK(view.index("contracts", "created_at") == Keys{"c-1", "c-0"});
    CHECK(
        view.index("contracts", "party+created_at") ==
        Keys{"c-1", "c-0", "c-1", "c-0", "c-1", "c-1"});
    CHECK(view.index("contracts", "status+created_at") == Keys{"c-0", "c-1"});
  }

  TEST_CASE("what is in escrow is added up by currency") {
    folded::View view{escrow_totals_view()};
    const auto euros = [&] { return view.row(escrow_totals, "EUR").value(); };
    view.add("smart_contract/Agreement/c-1", funded);
    CHECK(euros().held == 15'001);
    view.add("smart_contract/Agreement/c-1", settled);
    CHECK(euros().held == 5'000);
    CHECK(euros().released == 7'501);
    CHECK(euros().refunded == 2'500);
    auto other = funded;
    other.amount = 7;
    view.add("smart_contract/Agreement/c-0", other);
    CHECK(euros().funded == 15'008);
    CHECK(euros().held == 5'007);
  }

  TEST_CASE("what is waited for is there as long as it is") {
    View view;
    const auto waited = [&] { return view.index("deadlines", "at"); };
    view.tell(drafted);
    CHECK(waited() == Keys{"c-1~sign"});
    view.tell(fully_signed);
    CHECK(waited() == Keys{"c-1~fund"});
    view.tell(funding(), funded);
    CHECK(waited() == Keys{"c-1~deliver~m-1", "c-1~deliver~m-2"});
    view.tell(delivered());
    CHECK(waited() == Keys{"c-1~accept~m-1", "c-1~deliver~m-2"});
    view.tell(rejected());
    CHECK(waited() == Keys{"c-1~deliver~m-1", "c-1~deliver~m-2"});
    view.tell(delivered(), disputed);
    CHECK(waited() == Keys{"c-1~rule~d-1", "c-1~deliver~m-2"});
    view.tell(ruled(7500), ContractRefunded{.milestone_ids = {m2}});
    CHECK(waited().empty());
  }

  TEST_CASE("anybody can check who has signed what") {
    View view;
    auto forged = signed_by(bob);
    forged.signature = signed_by(ann).signature;
    view.tell(drafted, signed_by(ann), forged);
    folded::Still still{view.store()};
    views::make_reader(view.type(), still)->read([](const views::Moment& moment) {
      CHECK_FALSE(verification(moment, "c-2"));
      const auto found = verification(moment, "c-1");
      REQUIRE(found);
      ContractVerificationRow row;
      decode(found->bytes, row);
      CHECK(row.terms_hash == drafted.terms_hash);
      CHECK(row.terms_unchanged);
      std::vector<bool> valid;
      for (const auto& verdict : row.signatures) valid.push_back(verdict.valid);
      CHECK(valid == std::vector{true, false, false, false});
      CHECK_FALSE(row.signatures[2].signature);
    });
  }

  TEST_CASE("templates show whether they may be used") {
    folded::View view{contract_templates_view()};
    view.add("smart_contract/ContractTemplate/escrow-1", TemplateRegistered{.source_hash = hash});
    CHECK(view.row(templates, "escrow-1")->status == TemplateStatus::registered);
    view.add("smart_contract/ContractTemplate/escrow-1", TemplateApproved{.audit_ref = "a"});
    CHECK(view.row(templates, "escrow-1")->status == TemplateStatus::approved);
    CHECK(view.row(templates, "escrow-1")->audit_ref == "a");
  }
}
