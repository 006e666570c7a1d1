// What becomes of a milestone: one path, whatever comes in which order.
#include <array>

#include "tests/smart_contract/values.hpp"

using namespace smart_contract;

namespace {

MilestoneSettled settled(
    std::vector<Payout> payouts,
    std::int64_t released,
    std::int64_t fee,
    std::int64_t refunded,
    std::optional<schemas::Id<"Refund">> refund_id = {}) {
  return {
      .milestone_id = m1,
      .payouts = std::move(payouts),
      .released = released,
      .fee = fee,
      .refunded = refunded,
      .currency_code = "EUR",
      .refund_id = std::move(refund_id)};
}
const std::vector<Payout> thirds{
    {.party_id = bob, .amount = 3250},
    {.party_id = cyd, .amount = 3250},
    {.party_id = dan, .amount = 3251}};
const SettlementRequested requested{
    .milestone_id = m1, .payouts = thirds, .fee = 250, .refund = 0, .currency_code = "EUR"};
const SettlementRequested all_back{
    .milestone_id = m1, .fee = 0, .refund = 10'001, .currency_code = "EUR"};
const RecordSettlement record{.contract_id = c1, .milestone_id = m1};

}  // namespace

TEST_SUITE("smart_contract: deliver") {
  TEST_CASE("a payee delivers what is funded, in time") {
    funded_contract().when(deliver()).then(delivered());
    funded_contract().when(deliver(m1, ann)).then_refused(R::forbidden);
    funded_contract().when(deliver(m1, eve)).then_refused(R::not_a_party);
    funded_contract().when(deliver(MilestoneId{"m-3"})).then_refused(R::not_found);
    signed_contract().when(deliver()).then_refused(R::not_funded);
    funded_contract().after(days{60}).when(deliver()).then_refused(R::milestone_closed);
    delivered_contract().when(deliver()).then_refused(R::milestone_closed);
    auto wrong = deliver();
    wrong.evidence_hash = "all of it";
    funded_contract().when(wrong).then_refused(R::hash_invalid);
  }
  TEST_CASE("the funder accepts or rejects, within a week") {
    delivered_contract().when(accept()).then(accepted());
    delivered_contract().when(accept(m1, bob)).then_refused(R::forbidden);
    delivered_contract().when(accept(m1, eve)).then_refused(R::not_a_party);
    delivered_contract().when(accept(m2)).then_refused(R::not_submitted);
    delivered_contract().when(reject()).then(rejected());
    delivered_contract().after(days{7}).when(accept()).then_refused(R::window_closed);
    delivered_contract().after(days{7}).when(reject()).then_refused(R::window_closed);
  }
  TEST_CASE("what is rejected has a week at least to be delivered again") {
    auto late = delivered(m1, dsl::epoch + days{66});
    funded_contract().after(days{59}).and_then(late).after(days{2}).when(reject()).then(
        rejected(m1, dsl::epoch + days{68}));
    delivered_contract().and_then(rejected()).when(deliver()).then(delivered());
    delivered_contract().and_then(rejected()).when(accept()).then_refused(R::not_submitted);
  }
  TEST_CASE("what nobody answers is accepted, not before its time") {
    delivered_contract().when(auto_accept()).then_refused(R::too_early);
    delivered_contract()
        .after(days{7})
        .when(auto_accept())
        .then(DeliveryAutoAccepted{.milestone_id = m1});
    funded_contract().after(days{7}).when(auto_accept()).then_nothing();
    delivered_contract().and_then(rejected()).after(days{7}).when(auto_accept()).then_nothing();
  }
}

TEST_SUITE("smart_contract: the same second") {
  // Acceptance, auto-acceptance, dispute and rejection come in every order, just before the time is
  // over and just when it is.
  TEST_CASE("one takes its path, the others come too late") {
    std::array order{0, 1, 2, 3};
    do {
      for (const auto waited : {days{7} - seconds{1}, seconds{days{7}}}) {
        Agreement state;
        std::uint64_t version = 0;
        const auto fold = [&](const auto& facts, schemas::Time at) {
          for (const auto& fact : facts) {
            AgreementDecider::evolve_any(state, fact, at);
            ++version;
          }
        };
        fold(
            std::vector<AgreementFact>{drafted, fully_signed, funding(), funded, delivered()},
            dsl::epoch);
        const std::array<AgreementCommand, 4> commands{
            accept(), auto_accept(), dispute(), reject()};
        int paths = 0;
        for (const auto next : order) {
          const auto& command = commands[static_cast<std::size_t>(next)];
          const auto decision =
              AgreementDecider::decide_any(state, version, command, dsl::epoch + waited);
          if (const auto* refused = decision.refused()) {
            const std::set<R> fine{
                R::window_closed, R::dispute_open, R::not_submitted, R::too_early};
            CHECK(fine.contains(refused->why));
          } else if (!decision.facts()->empty()) {
            // A rejection may still be disputed.
            const bool after_rejection = state.find(m1)->status == Status::rejected;
            CHECK((paths == 0 || (after_rejection && next == 2)));
            ++paths;
            fold(*decision.facts(), dsl::epoch + waited);
          }
        }
        CHECK(paths >= 1);
        if (waited == seconds{days{7}}) {
          CHECK(paths == 1);
          CHECK(state.find(m1)->status == Status::accepted);
        }
      }
    } while (std::ranges::next_permutation(order).found);
  }
}

TEST_SUITE("smart_contract: dispute") {
  TEST_CASE("a party disputes what is delivered or rejected, until it is decided") {
    delivered_contract().when(dispute()).then(disputed);
    delivered_contract().and_then(rejected()).when(dispute()).then(disputed);
    delivered_contract().when(dispute(m1, d1, eve)).then_refused(R::not_a_party);
    funded_contract().when(dispute()).then_refused(R::not_submitted);
    delivered_contract().when(dispute(MilestoneId{"m-3"})).then_refused(R::not_found);
    delivered_contract().after(days{7}).when(dispute()).then_refused(R::window_closed);
    delivered_contract().and_then(accepted()).when(dispute()).then_refused(R::window_closed);
    disputed_contract().when(dispute()).then_nothing();
    disputed_contract().when(dispute(m1, d2)).then_refused(R::dispute_open);
    disputed_contract().when(dispute(m2)).then_refused(R::already_exists);
  }
  TEST_CASE("until then nobody else decides") {
    disputed_contract().when(accept()).then_refused(R::dispute_open);
    disputed_contract().when(reject()).then_refused(R::dispute_open);
    disputed_contract().after(days{9}).when(auto_accept()).then_refused(R::dispute_open);
    disputed_contract().when(deliver()).then_refused(R::milestone_closed);
    disputed_contract().when(request_settlement()).then_refused(R::dispute_open);
  }
  TEST_CASE("the parties show the arbiter what they have, for a week") {
    const auto show = [](const UserId& by, int number) {
      auto other = hash;
      other.replace(0, 2, std::to_string(10 + number));
      return SubmitEvidence{
          .contract_id = c1, .dispute_id = d1, .party_id = by, .evidence_hash = other};
    };
    const auto shown = [&](int number) {
      return EvidenceSubmitted{
          .dispute_id = d1, .party_id = bob, .evidence_hash = show(bob, number).evidence_hash};
    };
    disputed_contract().when(show(bob, 1)).then(shown(1));
    disputed_contract().when(show(eve, 1)).then_refused(R::not_a_party);
    disputed_contract().after(days{7}).when(show(bob, 1)).then_refused(R::window_closed);
    delivered_contract().when(show(bob, 1)).then_refused(R::not_found);
    auto all = disputed_contract();
    for (int i = 0; i < 20; ++i) all.and_then(shown(i));
    all.when(show(bob, 20)).then_refused(R::too_much_evidence);
  }
  TEST_CASE("the arbiter rules, exactly") {
    disputed_contract().when(rule(7500)).then(ruled(7500));
    disputed_contract().when(rule(7500, fay)).then_refused(R::not_arbiter);
    disputed_contract().when(rule(7500, eve, d2)).then_refused(R::not_found);
    disputed_contract().after(days{14}).when(rule(7500)).then_refused(R::window_closed);
    disputed_contract().and_then(ruled(1)).when(rule(7500)).then_refused(R::window_closed);
    for (const auto& [payee, funder] :
         {std::pair{5000L, 4999L},
          {10'001L, -1L},
          {-1L, 10'001L},
          {std::numeric_limits<long>::max(), std::numeric_limits<long>::max()}}) {
      auto wrong = rule(0);
      wrong.payee_bp = payee;
      wrong.funder_bp = funder;
      disputed_contract().when(wrong).then_refused(R::split_not_exact);
    }
  }
  TEST_CASE("a silent arbiter is replaced; after two the terms rule") {
    const ArbiterReplaced replaced{
        .dispute_id = d1, .arbiter_id = fay, .rule_by = dsl::epoch + days{28}};
    disputed_contract().when(escalate).then_refused(R::too_early);
    disputed_contract().after(days{14}).when(escalate).then(replaced);
    const auto second = [&] { return disputed_contract().after(days{14}).and_then(replaced); };
    second().when(rule(7500)).then_refused(R::not_arbiter);
    second().when(rule(7500, fay)).then(ruled(7500, fay));
    second().after(days{14}).when(escalate).then(ruled(5000, std::nullopt));
    disputed_contract().and_then(ruled(1)).after(days{14}).when(escalate).then_nothing();
  }
  TEST_CASE("with one arbiter the terms rule after the first silence") {
    auto alone = drafted;
    alone.terms.arbiters = {eve};
    agreement(alone, fully_signed, funding(), funded, delivered(), disputed)
        .after(days{14})
        .when(escalate)
        .then(ruled(5000, std::nullopt));
  }
}

TEST_SUITE("smart_contract: settle") {
  TEST_CASE("what is decided is divided once") {
    delivered_contract().and_then(accepted()).when(request_settlement()).then(requested);
    funded_contract().when(request_settlement()).then_refused(R::nothing_to_settle);
    delivered_contract()
        .and_then(accepted(), requested, settled(thirds, 10'001, 250, 0))
        .when(request_settlement())
        .then_refused(R::already_settled);
  }
  TEST_CASE("what is only credited is final at once, with the last milestone the contract") {
    const auto credited = settled(thirds, 10'001, 250, 0);
    const auto waiting = [] { return delivered_contract().and_then(accepted(), requested); };
    waiting().when(record).then(credited);
    waiting().and_then(credited).when(record).then_refused(R::already_settled);
    funded_contract().when(record).then_refused(R::not_final);
    auto with_refund = record;
    with_refund.refund_id = schemas::Id<"Refund">{"c-1~m-1~1"};
    waiting().when(with_refund).then_refused(R::not_final);
    waiting()
        .and_then(MilestoneSettled{.milestone_id = m2, .released = 1000, .refunded = 4000})
        .when(record)
        .then(
            credited,
            ContractSettled{
                .released = 11'001, .fees = 250, .refunded = 4000, .currency_code = "EUR"});
  }
  TEST_CASE("what goes back is final with its refund") {
    const auto waiting = [] {
      return funded_contract().and_then(ContractRefunded{.milestone_ids = {m1}}, all_back);
    };
    waiting().when(record).then_refused(R::not_final);
    auto with_refund = record;
    with_refund.refund_id = schemas::Id<"Refund">{"c-1~m-1~1"};
    waiting().when(with_refund).then(settled({}, 0, 0, 10'001, with_refund.refund_id));
  }
  TEST_CASE("nothing else leaves the escrow") {
    const auto refund = [](const char* id, std::int64_t amount) {
      return AllowRefund{
          .contract_id = c1, .refund_id = schemas::Id<"Refund">{id}, .amount = amount};
    };
    const auto waiting = [] {
      return funded_contract().and_then(ContractRefunded{.milestone_ids = {m1}}, all_back);
    };
    waiting().when(refund("c-1~m-1~2", 10'001)).then_nothing();
    waiting().when(refund("c-1~m-1~1", 10'000)).then_refused(R::refund_not_due);
    waiting().when(refund("c-1~m-2~1", 10'001)).then_refused(R::refund_not_due);
    waiting().when(refund("mine", 10'001)).then_refused(R::refund_not_due);
    funded_contract().when(refund("c-1~m-1~1", 10'001)).then_refused(R::refund_not_due);
    const auto ended = [] { return signed_contract().and_then(funding(), ContractExpired{}); };
    ended().when(refund("c-1~1~ended~1", 15'001)).then_nothing();
    ended().when(refund("mine", 15'001)).then_refused(R::refund_not_due);
    signed_contract()
        .and_then(funding())
        .when(refund("c-1~1~ended~1", 15'001))
        .then_refused(R::refund_not_due);
  }
}
