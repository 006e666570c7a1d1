// Random histories: what must hold of the money after every fact, whatever happened.
#include <random>
#include <set>

#include "tests/payment/values.hpp"

using namespace payment;

namespace {

// Issues random commands to one intent, its gateway's answers among them, and folds what comes of
// them.
class RandomIntent {
 public:
  explicit RandomIntent(unsigned seed) : random_{seed} { fold({PaymentIntentFact{initiated}}); }

  void act() {
    switch (pick(12)) {
      case 0:
        return decide(assess);
      case 1:
        return decide(request_authorization);
      case 2:
        return decide(record(static_cast<AuthorizationOutcome>(pick(3)), some_key()));
      case 3:
        return decide(MarkOutcomeUnknown{.payment_id = p1, .key = some_key()});
      case 4:
        return pick(4) ? void() : decide(void_payment);
      case 5:
        return decide(capture(some_amount()));
      case 6:
        return decide(refund(some_amount(), schemas::Id<"Refund">{"r-" + std::to_string(pick(9))}));
      case 7:
        return decide(record_result<RecordVoid>(some_key(), some_outcome()));
      case 8:
      case 9:
        return decide(record_result<RecordCapture>(some_key(), some_outcome()));
      default:
        return decide(record_result<RecordRefundResult>(some_key(), some_outcome()));
    }
  }
  const PaymentIntent& intent() const { return intent_; }

 private:
  int pick(int below) { return std::uniform_int_distribution<int>{0, below - 1}(random_); }
  std::optional<std::int64_t> some_amount() {
    return pick(3) ? std::optional<std::int64_t>{pick(700)} : std::nullopt;
  }
  RequestOutcome some_outcome() {
    return pick(3) ? RequestOutcome::succeeded : RequestOutcome::failed;
  }
  std::string some_key() {
    if (intent_.requests.empty()) return asked;
    return std::next(intent_.requests.begin(), pick(static_cast<int>(intent_.requests.size())))
        ->first;
  }
  template <class Command>
  void decide(const Command& command) {
    const auto decision = PaymentIntentDecider::decide_one(intent_, 1, command, dsl::epoch);
    if (decision.facts()) fold(*decision.facts());
  }
  void fold(const std::vector<PaymentIntentFact>& facts) {
    for (const auto& fact : facts) {
      const auto before = intent_;
      PaymentIntentDecider::evolve_any(intent_, fact, dsl::epoch);
      authorizations_ += std::holds_alternative<PaymentAuthorized>(fact);
      check(before);
    }
  }
  void check(const PaymentIntent& before) const {
    using Kind = Request::Kind;
    CHECK(intent_.refunded >= before.refunded);
    CHECK(intent_.refunded + intent_.open(Kind::refund) <= intent_.captured);
    CHECK(intent_.captured + intent_.open(Kind::capture) <= intent_.authorized);
    CHECK(intent_.authorized <= intent_.amount);
    CHECK(intent_.status >= before.status);
    CHECK(authorizations_ <= 1);
    if (intent_.status == PaymentStatus::voided) CHECK(intent_.captured == 0);
    if (intent_.status == PaymentStatus::refunded) CHECK(intent_.refunded == intent_.captured);
  }

  std::mt19937 random_;
  PaymentIntent intent_;
  int authorizations_ = 0;
};

}  // namespace

TEST_SUITE("payment: random histories") {
  TEST_CASE("never is more given back than was taken, nor more taken than was held") {
    const auto chosen = std::random_device{}();
    std::set<PaymentStatus> ends;
    for (unsigned seed = 0; seed < 200; ++seed) {
      const auto used = seed == 0 ? static_cast<unsigned>(chosen) : seed;
      INFO("seed ", used);
      RandomIntent random{used};
      for (int i = 0; i < 120; ++i) random.act();
      ends.insert(random.intent().status);
    }
    CHECK(ends.contains(PaymentStatus::captured));
    CHECK(ends.contains(PaymentStatus::refunded));
    CHECK(ends.contains(PaymentStatus::voided));
  }
}
