// What happens to orders, stock and payments in one commit: all of it or none.
#include "tests/ordering/shop.hpp"

using namespace ordering;
using dsl::Names;

namespace {

const Names placed_both{
    "OrderPlaced", "StockReserved", "StockReserved", "OrderStockSecured", "OrderStatusChanged"};

}  // namespace

TEST_SUITE("ordering: stock in the same commit") {
  TEST_CASE_FIXTURE(Shop, "an order is placed with all of its stock, for an hour") {
    CHECK(run(place()) == placed_both);
    CHECK(facts()[1].aggregate == "inventory/StockItem/sku-1");  // sorted, not as ordered
    const auto held = fact<inventory::StockReserved>();
    CHECK(held.reservation_id.text() == "o-1~i-2");
    CHECK(held.order_id == o1);
    CHECK(held.expires_at == now + hold_time);
    CHECK(available(sku2) == 8);
    CHECK(run(place()).empty());
    CHECK(available(sku2) == 8);
  }
  TEST_CASE_FIXTURE(Shop, "two customers may name their items alike") {
    CHECK(run(place()) == placed_both);
    auto other = place();
    other.order_id = schemas::Id<"Order">{"o-2"};
    CHECK(run(other) == placed_both);
    CHECK(available(sku2) == 6);
  }
  TEST_CASE_FIXTURE(Shop, "an order that one item is short of takes nothing") {
    CHECK(
        run(place({line(i1, sku1, 1, 1), line(i2, sku2, 11, 1)})) ==
        Names{"inventory/insufficient_stock"});
    CHECK(available(sku1) == 10);
    CHECK(
        run(place({line(i1, sku1, 1, 1), line(i2, schemas::Id<"StockItem">{"none"}, 1, 1)})) ==
        Names{"not_found"});
    CHECK(run(fail) == Names{"not_found"});
    CHECK(run(place()) == placed_both);
  }
  TEST_CASE_FIXTURE(Shop, "confirming binds the units, whenever their time would be over") {
    run(place());
    CHECK(
        run(confirm) == Names{
                            "OrderConfirmed",
                            "OrderStatusChanged",
                            "ReservationCommitted",
                            "ReservationCommitted"});
    now += std::chrono::hours{2};
    CHECK(run(inventory::ExpireReservation{
                  .inventory_id = sku1, .reservation_id = schemas::Id<"Reservation">{"o-1~i-2"}})
              .empty());
    CHECK(available(sku2) == 8);
  }
  TEST_CASE_FIXTURE(Shop, "an order whose holds are over is confirmed afresh, if there is stock") {
    run(place());
    now += std::chrono::hours{1};
    CHECK(run(confirm) == Names{"inventory/reservation_expired"});
    SUBCASE("there is, and the old holds end") {
      CHECK(run(confirm_afresh).back() == "ReservationCommitted");
      CHECK(available(sku1) == 9);
      CHECK(available(sku2) == 8);
    }
    SUBCASE("one had expired already, and was told") {
      run(inventory::ExpireReservation{
          .inventory_id = sku1, .reservation_id = schemas::Id<"Reservation">{"o-1~i-2"}});
      CHECK(run(confirm) == Names{"inventory/reservation_closed"});
      CHECK(run(confirm_afresh).back() == "ReservationCommitted");
    }
    SUBCASE("somebody else has it") {
      run(inventory::ExpireReservation{
          .inventory_id = sku2, .reservation_id = schemas::Id<"Reservation">{"o-1~i-1"}});
      reserve(sku2, 9, "r-9");
      CHECK(run(confirm_afresh) == Names{"inventory/insufficient_stock"});
      CHECK(run(fail).front() == "OrderFailed");
      CHECK(available(sku1) == 10);
      CHECK(available(sku2) == 1);
    }
    SUBCASE("its units can be cancelled and shipped under their new names") {
      run(confirm_afresh);
      CHECK(run(ship(s1, {{i1, 2}})).back() == "StockDeducted");
      CHECK(available(sku2) == 8);
    }
  }
  TEST_CASE_FIXTURE(Shop, "a failed or cancelled order gives everything back, bound or not") {
    run(place());
    SUBCASE("failed") { CHECK(run(fail).size() == 4); }
    SUBCASE("cancelled while it waits") { CHECK(run(cancel).size() == 4); }
    SUBCASE("cancelled when it is confirmed") {
      run(confirm);
      CHECK(run(cancel).size() == 4);
    }
    CHECK(available(sku1) == 10);
    CHECK(available(sku2) == 10);
    CHECK(run(confirm) == Names{"ordering/not_awaiting_payment"});
  }
  TEST_CASE_FIXTURE(
      Shop, "what is cancelled of an order is free at once, the rest can be shipped") {
    run(place());
    run(confirm);
    CHECK(run(cancel_lines({{i1, 1}})) == Names{"OrderItemsCancelled", "ReservationReleased"});
    CHECK(available(sku2) == 9);
    CHECK(run(cancel_lines({{i1, 2}})) == Names{"ordering/exceeds_ordered"});
    SUBCASE("shipped") {
      CHECK(run(ship(s1, {{i1, 1}, {i2, 1}})).size() == 4);
      CHECK(run(cancel) == Names{"ordering/already_shipped"});
    }
    SUBCASE("cancelled too") {
      CHECK(
          run(cancel_lines({{i2, 1}, {i1, 1}})) == Names{
                                                       "OrderCancelled",
                                                       "OrderStatusChanged",
                                                       "ReservationReleased",
                                                       "ReservationReleased"});
      CHECK(available(sku1) == 10);
      CHECK(available(sku2) == 10);
    }
  }
  TEST_CASE_FIXTURE(Shop, "cancel meets shipment: whichever comes first wins") {
    run(place());
    run(confirm);
    SUBCASE("cancelled") {
      run(cancel);
      CHECK(run(ship(s1, {{i1, 1}})) == Names{"ordering/not_confirmed"});
    }
    SUBCASE("shipped") {
      CHECK(run(ship(s1, {{i1, 1}, {i2, 1}})).size() == 4);
      CHECK(run(cancel) == Names{"ordering/already_shipped"});
      CHECK(run(ship(s2, {{i1, 1}})).back() == "StockDeducted");
    }
  }
  TEST_CASE_FIXTURE(Shop, "a payment is initiated together with all that it means") {
    run(place());
    auto wrong = initiate;
    wrong.amount = 4497;
    CHECK(run(wrong) == Names{"ordering/amount_mismatch"});
    wrong = initiate;
    wrong.currency_code = "USD";
    CHECK(run(wrong) == Names{"currency_mismatch"});
    CHECK(
        run(initiate) ==
        Names{
            "PaymentInitiated", "OrderPaymentAttached", "RiskAssessed", "AuthorizationRequested"});
    CHECK(run(initiate).empty());
    auto second = initiate;
    second.payment_id = p2;
    CHECK(run(second) == Names{"ordering/already_attached"});
  }
}
