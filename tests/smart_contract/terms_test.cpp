// What the terms alone say: their hash, and what a milestone's money comes to.
#include <random>

#include "domain/kernel/crypto.hpp"
#include "tests/smart_contract/values.hpp"

using namespace smart_contract;

TEST_SUITE("smart_contract: terms") {
  TEST_CASE("their hash is the SHA-256 of their canonical JSON") {
    const ContractTerms small{
        .contract_id = c1,
        .template_id = t1,
        .parties =
            {{.party_id = ann, .role = PartyRole::funder, .public_key = "00", .share_bp = 0}},
        .arbiters = {eve},
        .currency_code = "EUR",
        .amount = 9'007'199'254'740'993,
        .milestones =
            {{.milestone_id = m1,
              .title = "\"Straße\"\n",
              .amount = 1,
              .due_at = schemas::Time{seconds{1'800'000'000}}}},
        .fee_bp = 250,
        .default_payee_bp = 5000,
        .acceptance_seconds = 604'800};
    const std::string canonical =
        R"({"acceptance_seconds":604800,"amount":"9007199254740993","arbiters":["eve"],)"
        R"("contract_id":"c-1","currency_code":"EUR","default_payee_bp":5000,"fee_bp":250,)"
        R"("milestones":[{"amount":1,"due_at":"2027-01-15T08:00:00Z","milestone_id":"m-1",)"
        R"("title":"\"Straße\"\n"}],"parties":[{"party_id":"ann","public_key":"00",)"
        R"("role":"funder","share_bp":0}],"template_id":"escrow-1"})";
    CHECK(hash_of(small) == kernel::to_hex(kernel::text(kernel::sha256(canonical))));
    auto other = terms;
    ++other.milestones[1].amount;
    CHECK(hash_of(other) != hash_of(terms));
  }
  TEST_CASE("100.01 in thirds, less a fee of 2.5 %, are 100.01") {
    const auto division = divide(terms, 10'001, 10'000);
    CHECK(
        division.payouts == std::vector<Payout>{
                                {.party_id = bob, .amount = 3250},
                                {.party_id = cyd, .amount = 3250},
                                {.party_id = dan, .amount = 3251}});
    CHECK(division.fee == 250);
    CHECK(division.refund == 0);
    CHECK(division.released() == 10'001);
  }
  TEST_CASE("who gets nothing is not paid") {
    CHECK(divide(terms, 10'001, 0).payouts.empty());
    CHECK(divide(terms, 10'001, 0).refund == 10'001);
    CHECK(divide(terms, 1, 10'000).payouts.size() == 1);
    CHECK(divide(terms, 1, 10'000).released() == 1);
  }
  TEST_CASE("nothing is lost or made, whatever is divided") {
    const auto chosen = std::random_device{}();
    for (unsigned seed = 0; seed < 300; ++seed) {
      const auto used = seed == 0 ? static_cast<unsigned>(chosen) : seed;
      INFO("seed ", used);
      std::mt19937_64 random{used};
      const auto pick = [&](std::int64_t least, std::int64_t most) {
        return std::uniform_int_distribution<std::int64_t>{least, most}(random);
      };
      auto some = terms;
      some.fee_bp = pick(0, 10'000);
      const auto first = pick(1, 9'998), second = pick(1, 9'999 - first);
      some.parties[1].share_bp = first;
      some.parties[2].share_bp = second;
      some.parties[3].share_bp = 10'000 - first - second;
      const auto amount = seed % 2 ? pick(1, 100) : pick(1, std::numeric_limits<long>::max());
      const auto payee_bp = pick(0, 10'000);
      const auto division = divide(some, amount, payee_bp);
      CHECK(division.released() + division.refund == amount);
      CHECK(division.fee >= 0);
      CHECK(division.refund >= 0);
      if (payee_bp == 10'000) CHECK(division.refund == 0);
      if (payee_bp == 0) CHECK(division.released() == 0);
    }
  }
}
