// Checkout from end to end, in memory: orders, stock, payments, the flow with its timers, and a
// payment gateway over a bad line.
#include <random>

#include "commands/payment/effects.hpp"
#include "commands/payment/payment_intent.hpp"
#include "schemas/inventory.hpp"
#include "tests/dsl/platform.hpp"
#include "tests/ordering/values.hpp"
#include "tests/payment/bank.hpp"

using namespace ordering;
using dsl::Names;
using payment::GatewayOutcome;
using std::chrono::minutes;

namespace {

const std::string asked = "o-1~1~authorization~1";

// A shop with ten units of two items, and o-1 placed in it.
struct Shop {
  payment::Bank bank;
  dsl::Platform platform{[this] {
    effects::Registry registry;
    payment::add_performers(registry, &bank);
    return registry;
  }()};

  Shop() {
    for (const auto& id : {sku1, sku2}) {
      platform.post(inventory::CreateStockItem{
          .inventory_id = id,
          .product_id = schemas::Id<"Product">{"p-1"},
          .location_id = schemas::Id<"Location">{"main"}});
      platform.post(
          inventory::ReceiveStock{.inventory_id = id, .quantity = 10, .source_ref = "po"});
    }
  }
  // What can still be reserved.
  std::int64_t available(const schemas::Id<"StockItem">& id) {
    const auto names = platform.run(inventory::ReserveStock{
        .inventory_id = id,
        .reservation_id = schemas::Id<"Reservation">{"probe"},
        .quantity = 1'000'000});
    REQUIRE(names == Names{"inventory/insufficient_stock"});
    return platform.details().at(0).second;
  }
  Names reserve(const schemas::Id<"StockItem">& id, std::int64_t quantity) {
    return platform.post(inventory::ReserveStock{
        .inventory_id = id,
        .reservation_id = schemas::Id<"Reservation">{"other"},
        .quantity = quantity});
  }
  void place_and_settle() {
    platform.post(place());
    platform.settle(1);
  }
  Checkout state() const { return platform.state_of<Checkout>("checkout", "o-1"); }
  S order() const { return state().order; }
  bool ended() const { return platform.ended("checkout", "o-1"); }
  std::string stuck() const { return platform.stuck("checkout", "o-1"); }
  std::int64_t told(std::string_view fact) const {
    return std::ranges::count(platform.log(), fact);
  }
  bool all_given_back() {
    const auto& account = bank.account(asked);
    return available(sku1) == 10 && available(sku2) == 10 && account.held == 0 &&
           account.captured == account.refunded;
  }
};

}  // namespace

TEST_SUITE("ordering: checkout") {
  TEST_CASE_FIXTURE(Shop, "an order whose payment is authorized is confirmed") {
    place_and_settle();
    CHECK(order() == S::confirmed);
    CHECK(bank.account(asked).held == 4498);
    CHECK_FALSE(ended());  // it can still be cancelled
    platform.advance(std::chrono::hours{2});
    CHECK(order() == S::confirmed);
    CHECK(available(sku1) == 9);
  }
  TEST_CASE_FIXTURE(Shop, "an order whose payment is declined fails, and its stock is free") {
    bank.next = GatewayOutcome::declined;
    place_and_settle();
    CHECK(order() == S::failed);
    CHECK(ended());
    CHECK(all_given_back());
  }
  TEST_CASE_FIXTURE(Shop, "a blocked payment fails the order without asking the gateway") {
    platform.post(place({line(i1, sku1, 1, 100'000'000)}));
    platform.settle();
    CHECK(order() == S::failed);
    CHECK(ended());
    CHECK(bank.events().empty());
  }
  TEST_CASE_FIXTURE(Shop, "without a gateway no payment method is supported") {
    dsl::Platform poor{[] {
      effects::Registry registry;
      payment::add_performers(registry, nullptr);
      return registry;
    }()};
    poor.post(inventory::CreateStockItem{.inventory_id = sku1});
    poor.post(inventory::ReceiveStock{.inventory_id = sku1, .quantity = 1});
    poor.post(place({line(i1, sku1, 1, 1)}));
    poor.settle();
    CHECK(poor.ended("checkout", "o-1"));
    CHECK(std::ranges::count(poor.log(), "PaymentDeclined") == 1);
  }
  TEST_CASE_FIXTURE(Shop, "a customer who must act has a quarter of an hour") {
    bank.next = GatewayOutcome::action_required;
    place_and_settle();
    CHECK(order() == S::awaiting_payment);
    platform.advance(minutes{14});
    SUBCASE("and uses it") {
      bank.customer_acts(asked, GatewayOutcome::authorized);
      platform.post(bank.events().back());
      platform.settle();
      CHECK(order() == S::confirmed);
    }
    SUBCASE("or not: the order fails and the payment is voided") {
      platform.advance(minutes{2});
      CHECK(order() == S::failed);
      CHECK(ended());
      CHECK(all_given_back());
    }
  }
  TEST_CASE_FIXTURE(Shop, "an answer that was lost is looked up; nobody pays twice") {
    bank.line = [] { return payment::Bank::Line::answer_lost; };
    place_and_settle();
    CHECK(told("PaymentOutcomeUnknown") == 1);
    CHECK(order() == S::awaiting_payment);
    CHECK(available(sku1) == 9);
    bank.line = [] { return payment::Bank::Line::good; };
    platform.advance(minutes{45});  // past the ordinary half hour: the stock is still held
    CHECK(order() == S::confirmed);
    CHECK(bank.account(asked).held == 4498);
  }
  TEST_CASE_FIXTURE(Shop, "a request that never arrived is fenced: it cannot take effect later") {
    bank.line = [] { return payment::Bank::Line::request_late; };
    place_and_settle();
    platform.settle();  // asked for again, in vain
    bank.line = [] { return payment::Bank::Line::good; };
    platform.settle();
    CHECK(order() == S::failed);
    CHECK(ended());
    CHECK(bank.late());
    CHECK(all_given_back());
  }
  TEST_CASE_FIXTURE(Shop, "money that stays unknown for an hour is stuck until it is settled") {
    bank.line = [] { return payment::Bank::Line::answer_lost; };
    place_and_settle();
    platform.advance(minutes{59});
    CHECK(order() == S::awaiting_payment);
    CHECK(stuck().empty());
    platform.advance(minutes{2});
    CHECK(order() == S::failed);
    CHECK(stuck() == "checkout_money_unknown");
    CHECK(available(sku1) == 10);
    bank.line = [] { return payment::Bank::Line::good; };
    platform.advance(std::chrono::hours{6});
    CHECK(stuck().empty());
    CHECK(ended());
    CHECK(all_given_back());
  }
  TEST_CASE_FIXTURE(Shop, "a hold that ended meanwhile is taken afresh, if there is stock") {
    bank.next = GatewayOutcome::action_required;
    place_and_settle();
    bank.customer_acts(asked, GatewayOutcome::authorized);
    // The units go before the flow hears of the money.
    platform.post(inventory::ReleaseReservation{
        .inventory_id = sku2, .reservation_id = schemas::Id<"Reservation">{"o-1~i-1"}});
    SUBCASE("there is") {
      platform.post(bank.events().back());
      platform.settle();
      CHECK(order() == S::confirmed);
      CHECK(available(sku1) == 9);
      CHECK(available(sku2) == 8);
    }
    SUBCASE("there is not: the order fails, the money goes back") {
      reserve(sku2, 9);
      platform.post(bank.events().back());
      platform.settle();
      CHECK(order() == S::failed);
      CHECK(ended());
      CHECK(bank.account(asked).held == 0);
      CHECK(available(sku2) == 1);
    }
  }
  TEST_CASE_FIXTURE(Shop, "a cancelled order gives stock and money back") {
    SUBCASE("before its payment was even initiated") {
      platform.post(place());
      platform.post(cancel);
    }
    SUBCASE("while the payment is under way") {
      bank.line = [] { return payment::Bank::Line::answer_lost; };
      place_and_settle();
      platform.post(cancel);
      bank.line = [] { return payment::Bank::Line::good; };
    }
    SUBCASE("when it is confirmed") {
      place_and_settle();
      platform.post(cancel);
    }
    SUBCASE("when its payment is captured: as a refund") {
      place_and_settle();
      platform.post(payment::CapturePayment{.payment_id = p1, .amount = 1000});
      platform.settle();
      platform.post(cancel);
    }
    SUBCASE("while its payment is being captured") {
      place_and_settle();
      platform.post(payment::CapturePayment{.payment_id = p1, .amount = 1000});
      platform.post(cancel);
    }
    platform.settle();
    CHECK(order() == S::cancelled);
    CHECK(ended());
    CHECK(bank.account(asked).captured == bank.account(asked).refunded);
    CHECK(available(sku1) == 10);
  }
  TEST_CASE_FIXTURE(Shop, "an order whose payment is voided by hand is not kept") {
    place_and_settle();
    platform.post(payment::VoidPayment{.payment_id = p1});
    platform.settle();
    CHECK(order() == S::cancelled);
    CHECK(ended());
    CHECK(all_given_back());
  }
  TEST_CASE_FIXTURE(Shop, "a payment that the customer initiated first is the order's") {
    platform.post(place());
    platform.post(payment::InitiatePayment{
        .payment_id = p2,
        .order_id = o1,
        .user_id = ann,
        .amount = 4498,
        .currency_code = "EUR",
        .payment_method = "test_other"});
    platform.settle();
    CHECK(order() == S::confirmed);
    CHECK(state().payment_id == p2);
    CHECK(stuck().empty());
  }
  TEST_CASE_FIXTURE(Shop, "it is over when the order is on its way and paid") {
    place_and_settle();
    platform.post(ship(s1, {{i1, 2}, {i2, 1}}));
    CHECK_FALSE(ended());
    platform.post(payment::CapturePayment{.payment_id = p1});
    platform.settle();
    CHECK(ended());
  }
  TEST_CASE_FIXTURE(Shop, "what is cancelled of an order is paid back, once it was taken") {
    place_and_settle();
    const auto cancelled = cancel_lines({{i1, 1}});
    SUBCASE("taken before") {
      platform.post(payment::CapturePayment{.payment_id = p1});
      platform.settle();
      platform.post(cancelled);
    }
    SUBCASE("taken afterwards") {
      platform.post(cancelled);
      platform.post(payment::CapturePayment{.payment_id = p1});
    }
    SUBCASE("taken in part: as much as the rest costs is kept") {
      platform.post(payment::CapturePayment{.payment_id = p1, .amount = 2000});
      platform.post(cancelled);
      platform.settle();
      CHECK(bank.account(asked).refunded == 0);
      platform.post(payment::CapturePayment{.payment_id = p1});
    }
    platform.settle();
    CHECK(order() == S::confirmed);
    CHECK(bank.account(asked).captured - bank.account(asked).refunded == 4498 - 1999);
    platform.post(ship(s1, {{i1, 1}, {i2, 1}}));
    platform.settle();
    CHECK(ended());
  }
  TEST_CASE_FIXTURE(Shop, "an order is not over before what was cancelled of it is paid back") {
    place_and_settle();
    platform.post(payment::CapturePayment{.payment_id = p1});
    platform.settle();
    platform.post(ship(s1, {{i1, 1}}));
    bank.line = [] { return payment::Bank::Line::answer_lost; };
    platform.post(cancel_lines({{i1, 1}, {i2, 1}}));
    platform.settle(1);
    CHECK(order() == S::shipped);
    CHECK_FALSE(ended());
    bank.line = [] { return payment::Bank::Line::good; };
    platform.advance(minutes{5});
    CHECK(bank.account(asked).refunded == 2499);
    CHECK(ended());
  }
  TEST_CASE_FIXTURE(Shop, "an authorization that nobody uses lapses, and the order with it") {
    place_and_settle();
    platform.advance(payment::authorization_time - minutes{5});
    CHECK(order() == S::confirmed);
    SUBCASE("nothing was taken") {
      platform.advance(minutes{10});
      CHECK(told("AuthorizationExpired") == 1);
      CHECK(order() == S::cancelled);
      CHECK(ended());
      CHECK(available(sku1) == 10);
    }
    SUBCASE("some of it was, so the order stands") {
      platform.post(payment::CapturePayment{.payment_id = p1, .amount = 1000});
      platform.settle();
      platform.advance(minutes{10});
      CHECK(told("AuthorizationExpired") == 1);
      CHECK(order() == S::confirmed);
      CHECK(
          platform.run(payment::CapturePayment{.payment_id = p1}) ==
          Names{"payment/authorization_expired"});
    }
    SUBCASE("all of it was") {
      platform.post(payment::CapturePayment{.payment_id = p1});
      platform.settle();
      platform.advance(minutes{10});
      CHECK(told("AuthorizationExpired") == 0);
    }
    CHECK(platform.ended("authorization_expiry", p1.text()));
  }
  TEST_CASE_FIXTURE(Shop, "a refund that fails is somebody's to settle") {
    place_and_settle();
    platform.post(payment::CapturePayment{.payment_id = p1});
    platform.settle();
    bank.refuse_refunds = true;
    platform.post(cancel);
    platform.settle();
    CHECK(stuck() == "checkout_refund_failed");
  }
}

TEST_SUITE("inventory: hold expiry") {
  TEST_CASE_FIXTURE(Shop, "units that nobody takes in time are free again") {
    reserve(sku1, 3);
    platform.advance(minutes{14});
    CHECK(available(sku1) == 7);
    platform.advance(minutes{2});
    CHECK(available(sku1) == 10);
    CHECK(platform.ended("hold_expiry", "sku-1~other"));
  }
  TEST_CASE_FIXTURE(Shop, "a longer hold expires later, a committed one not at all") {
    const schemas::Id<"Reservation"> other{"other"};
    reserve(sku1, 3);
    platform.post(inventory::ExtendReservation{
        .inventory_id = sku1, .reservation_id = other, .until = platform.now + minutes{40}});
    platform.advance(minutes{39});
    CHECK(available(sku1) == 7);
    SUBCASE("extended") {
      platform.advance(minutes{2});
      CHECK(available(sku1) == 10);
    }
    SUBCASE("committed") {
      platform.post(inventory::CommitReservation{.inventory_id = sku1, .reservation_id = other});
      platform.advance(minutes{2});
      CHECK(available(sku1) == 7);
    }
    CHECK(platform.ended("hold_expiry", "sku-1~other"));
  }
}

namespace {

// Whatever people, the gateway, its line and time may do, one thing at a time.
class RandomCheckout {
 public:
  explicit RandomCheckout(unsigned seed) : random_{seed} {
    shop.bank.line = [this] {
      return pick(3) ? payment::Bank::Line::good : static_cast<payment::Bank::Line>(pick(4));
    };
    shop.bank.next = std::array{
        GatewayOutcome::authorized,
        GatewayOutcome::authorized,
        GatewayOutcome::declined,
        GatewayOutcome::action_required}[static_cast<std::size_t>(pick(4))];
    shop.platform.post(place());
  }

  void act() {
    auto& [bank, platform] = shop;
    switch (pick(41)) {
      case 0:
        return void(platform.post(cancel));
      case 40:
        return void(platform.post(cancel_lines({{i1, 1}})));
      case 1:
        return void(
            platform.post(payment::CapturePayment{.payment_id = p1, .amount = 1 + pick(3000)}));
      case 2:
        return void(platform.post(payment::VoidPayment{.payment_id = p1}));
      case 3:
        return void(platform.post(payment::RequestRefund{
            .payment_id = p1,
            .refund_id = schemas::Id<"Refund">{"r-" + std::to_string(pick(3))},
            .amount = 1 + pick(2000)}));
      case 4:
        return void(shop.reserve(sku2, 9));
      case 5:
        return void(bank.late());
      case 6:
        return void(bank.customer_acts(
            asked, pick(2) ? GatewayOutcome::authorized : GatewayOutcome::declined));
      case 7:
        platform.now += minutes{pick(40)};
        return;
      case 8:
      case 9:
        if (!bank.events().empty())
          platform.post(bank.events()[static_cast<std::size_t>(
              pick(static_cast<int>(bank.events().size())))]);
        return;
      default:
        const auto errands = platform.errands();
        if (!errands.empty())
          platform.run_errand(
              errands[static_cast<std::size_t>(pick(static_cast<int>(errands.size())))]);
    }
  }

  // The line is mended, all messages arrive, and nobody does anything more.
  void rest() {
    shop.bank.line = [] { return payment::Bank::Line::good; };
    for (int hours = 0; hours < 4; ++hours) {
      while (shop.bank.late()) {
      }
      shop.platform.advance(std::chrono::hours{1});
    }
    for (const auto& event : shop.bank.events()) shop.platform.post(event);
    shop.platform.settle();
  }

  Shop shop;

 private:
  int pick(int below) { return std::uniform_int_distribution<int>{0, below - 1}(random_); }
  std::mt19937 random_;
};

}  // namespace

TEST_SUITE("ordering: random checkouts") {
  TEST_CASE("whatever happens, an order has its stock and its money, or neither") {
    const auto chosen = std::random_device{}();
    std::map<S, int> ends;
    for (unsigned seed = 0; seed < 400; ++seed) {
      const auto used = seed == 0 ? static_cast<unsigned>(chosen) : seed;
      INFO("seed ", used);
      RandomCheckout random{used};
      for (int i = 0; i < 60; ++i) random.act();
      random.rest();
      auto& shop = random.shop;
      const auto& account = shop.bank.account(asked);
      ++ends[shop.order()];
      CHECK(account.refunded <= account.captured);
      CHECK(account.held + account.captured <= 4498);
      CHECK(shop.told("PaymentAuthorized") <= 1);
      CHECK(shop.stuck() == "");
      if (shop.order() == S::confirmed) {
        CHECK(account.held + account.captured - account.refunded > 0);
        CHECK(shop.available(sku1) == 9);
      } else {
        CHECK((shop.order() == S::failed || shop.order() == S::cancelled));
        CHECK(account.captured == account.refunded);
        if (account.captured == 0) CHECK(account.held == 0);
        CHECK(shop.available(sku1) == 10);
        CHECK(shop.ended());
      }
    }
    CHECK(ends[S::confirmed] > 10);
    CHECK(ends[S::cancelled] > 10);
    CHECK(ends[S::failed] > 10);
  }
}
