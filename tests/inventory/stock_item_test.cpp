#include "tests/inventory/values.hpp"

using namespace inventory;

TEST_SUITE("inventory: stock") {
  TEST_CASE("an item begins with nothing on hand") {
    item()
        .when(CreateStockItem{
            .inventory_id = sku,
            .product_id = created.product_id,
            .location_id = created.location_id})
        .then(created);
  }
  TEST_CASE("an item begins once") {
    item(created)
        .when(CreateStockItem{
            .inventory_id = sku,
            .product_id = created.product_id,
            .location_id = created.location_id})
        .then_refused(R::already_exists);
  }
  TEST_CASE("what arrives is on hand, and an empty shelf is said to be full again") {
    item(created)
        .repeatable()
        .when(receive(10))
        .then(received(10), StockReplenished{.available = 10});
    item(created, received(10)).repeatable().when(receive(5)).then(received(5));
  }
  TEST_CASE("nothing and too much cannot arrive") {
    for (const std::int64_t quantity : {std::int64_t{0}, std::int64_t{-1}, quantity_max + 1})
      item(created).when(receive(quantity)).then_refused(R::quantity_invalid);
    item(created, received(quantity_max)).when(receive(1)).then_refused(R::quantity_invalid);
    item().when(receive(0)).then_refused(R::not_found);
  }
  TEST_CASE("a correction changes what is on hand, not below nothing") {
    item(created, received(10))
        .repeatable()
        .when(adjust(-4))
        .then(StockAdjusted{.delta = -4, .reason = "r"});
    item(created, received(10)).when(adjust(0)).then_nothing();
    item(created, received(10)).when(adjust(-11)).then_refused(R::would_go_negative);
    item(created, received(10)).when(adjust(quantity_max)).then_refused(R::quantity_invalid);
    item(created, received(10))
        .when(adjust(std::numeric_limits<std::int64_t>::min()))
        .then_refused(R::would_go_negative);
    item().when(adjust(0)).then_refused(R::not_found);
  }
  TEST_CASE("a count is recorded even when it finds what was expected") {
    item(created, received(10))
        .repeatable()
        .when(count(10))
        .then(StockCounted{.counted = 10, .difference = 0, .reason = "c"});
    item(created, received(10)).when(count(-1)).then_refused(R::would_go_negative);
    item(created, received(10)).when(count(quantity_max + 1)).then_refused(R::quantity_invalid);
  }
  TEST_CASE("a count that finds less than is promised says how much is missing") {
    item(created, received(10), reserved(8))
        .repeatable()
        .when(count(5))
        .then(
            StockCounted{.counted = 5, .difference = -5, .reason = "c"},
            StockShortfallDetected{.short_by = 3},
            LowStockDetected{.available = -3, .low_threshold = 0},
            StockDepleted{.available = -3});
  }
  TEST_CASE("thresholds are set once and say at once what they make of the stock") {
    item(created, received(10))
        .when(thresholds(2, 8, 0))
        .then(thresholds_set(2, 8, 0), LowStockDetected{.available = 8, .low_threshold = 8});
    item(created, thresholds_set(1, 2, 3)).when(thresholds(1, 2, 3)).then_nothing();
    for (const auto& bad :
         {thresholds(-1, 0, 0),
          thresholds(0, -1, 0),
          thresholds(0, 0, -1),
          thresholds(0, 0, quantity_max + 1)})
      item(created).when(bad).then_refused(R::threshold_invalid);
  }
  TEST_CASE("only resellable returns go on hand, and each comes back once") {
    const StockRestocked back{
        .return_id = schemas::Id<"Return">{"ret-1"},
        .quantity = 2,
        .condition = ReturnCondition::resellable};
    item(created, received(5)).when(restock(2)).then(back);
    auto broken = back;
    broken.condition = ReturnCondition::damaged;
    item(created).when(restock(2, ReturnCondition::damaged)).then(broken);
    item(created, broken).when(restock(2)).then_refused(R::already_restocked);
    item(created, back).when(restock(0)).then_refused(R::quantity_invalid);
  }
}

TEST_SUITE("inventory: reserve") {
  TEST_CASE("units are held for a quarter of an hour, or as long as was asked") {
    item(created, received(10)).when(reserve(3)).then(reserved(3));
    auto brief = reserve(3);
    brief.ttl_seconds = 60;
    auto held = reserved(3);
    held.expires_at = dsl::epoch + minutes{1};
    item(created, received(10)).when(brief).then(held);
  }
  TEST_CASE("the last units are told of") {
    item(created, received(3))
        .when(reserve(3))
        .then(
            reserved(3),
            LowStockDetected{.available = 0, .low_threshold = 0},
            StockDepleted{.available = 0});
  }
  TEST_CASE("the same reservation again holds nothing twice; another one may not take its id") {
    item(created, received(10), reserved(3)).when(reserve(3)).then_nothing();
    item(created, received(10), reserved(3)).when(reserve(4)).then_refused(R::already_exists);
    item(created, received(10), reserved(3), released)
        .when(reserve(3))
        .then_refused(R::reservation_closed);
  }
  TEST_CASE("refusals come in the order that the schema gives") {
    item().when(reserve(0)).then_refused(R::not_found);
    item(created, received(10), reserved(3), released)
        .when(reserve(99))
        .then_refused(R::reservation_closed);
    item(created, received(10))
        .when(reserve(20'000))
        .then_refused(R::insufficient_stock, {{"available", 10}});
    item(created, received(20'000)).when(reserve(10'001)).then_refused(R::quantity_out_of_range);
    item(created).when(reserve(0)).then_refused(R::quantity_out_of_range);
    item(created).when(reserve(-5)).then_refused(R::quantity_out_of_range);
  }
  TEST_CASE("safety stock is kept back, and backorders may go as far as their limit") {
    item(created, received(10), thresholds_set(4, 0, 0))
        .when(reserve(7))
        .then_refused(R::insufficient_stock, {{"available", 6}});
    item(created, thresholds_set(0, 0, 2)).when(reserve(2)).then(reserved(2));
    item(created, thresholds_set(0, 0, 2))
        .when(reserve(3))
        .then_refused(R::insufficient_stock, {{"available", 2}});
  }
  TEST_CASE(
      "a shopper's own hold does not stand in the way of a change, and nobody's else is touched") {
    item(created, received(5), reserved(3))
        .when(resize(5))
        .then(
            ReservationResized{.reservation_id = r1, .quantity = 5, .previous_quantity = 3},
            LowStockDetected{.available = 0, .low_threshold = 0},
            StockDepleted{.available = 0});
    item(created, received(5), reserved(3), reserved(1, r2))
        .when(resize(5))
        .then_refused(R::insufficient_stock, {{"available", 4}});
    item(created, received(5), reserved(3)).when(resize(3)).then_nothing();
    item(created, received(5), reserved(3)).when(resize(0)).then_refused(R::quantity_out_of_range);
    item(created, received(5), reserved(3))
        .after(minutes{15})
        .when(resize(2))
        .then_refused(R::reservation_closed);
    item(created, received(5)).when(resize(2)).then_refused(R::not_found);
  }
  TEST_CASE("a hold is extended up to an hour from its beginning") {
    const auto until = dsl::epoch + minutes{60};
    item(created, received(5), reserved(3))
        .when(extend(until))
        .then(ReservationExtended{.reservation_id = r1, .expires_at = until});
    item(created, received(5), reserved(3))
        .when(extend(until + minutes{1}))
        .then_refused(R::extension_limit);
    item(created, received(5), reserved(3)).when(extend(dsl::epoch + minutes{5})).then_nothing();
    item(created, received(5), reserved(3))
        .after(minutes{15})
        .when(extend(until))
        .then_refused(R::reservation_closed);
  }
}

TEST_SUITE("inventory: the end of a reservation") {
  TEST_CASE("held units are committed to their order") {
    item(created, received(10), reserved(3)).when(commit()).then(committed);
    item(created, received(10), reserved(3), committed).when(commit()).then_nothing();
    item(created, received(10), reserved(3), committed)
        .when(commit(o2))
        .then_refused(R::reservation_closed);
    item(created, received(10)).when(commit()).then_refused(R::not_found);
  }
  TEST_CASE("whose time is over cannot be committed, also before anybody has noticed") {
    item(created, received(10), reserved(3))
        .after(minutes{15})
        .when(commit())
        .then_refused(R::reservation_expired);
  }
  TEST_CASE("expiry and commitment race: one wins, and the units come back at most once") {
    item(created, received(10), reserved(3), expired)
        .when(commit())
        .then_refused(R::reservation_closed);
    item(created, received(10), reserved(3), committed)
        .after(minutes{15})
        .when(expire)
        .then_nothing();
    item(created, received(10), reserved(3), expired).when(expire).then_nothing();
    CHECK(item(created, received(10), reserved(3), expired).state().available() == 10);
    CHECK(item(created, received(10), reserved(3), committed).state().available() == 7);
  }
  TEST_CASE("a hold expires when its time is over, not before") {
    item(created, received(10), reserved(3)).after(minutes{15}).when(expire).then(expired);
    item(created, received(10), reserved(3))
        .after(minutes{14})
        .when(expire)
        .then_refused(R::too_early);
    item(created, received(10)).when(expire).then_refused(R::not_found);
  }
  TEST_CASE("released units are available again, once") {
    item(created, received(10), reserved(3)).when(release).then(released);
    item(created, received(10), reserved(3), committed).when(release).then(released);
    item(created, received(10), reserved(3), released).when(release).then_nothing();
    item(created, received(10)).when(release).then_refused(R::not_found);
  }
  TEST_CASE("of committed units some can be released; a hold is resized instead") {
    auto some = release;
    some.quantity = 1;
    auto given_back = released;
    given_back.quantity = 1;
    auto bound = item(created, received(10), reserved(3), committed);
    decltype(bound){bound}.repeatable().when(some).then(given_back);
    const auto rest = decltype(bound){bound}.and_then(given_back);
    CHECK(rest.state().available() == 8);
    given_back.quantity = 2;
    decltype(bound){rest}.when(release).then(given_back);
    item(created, received(10), reserved(3)).when(some).then_refused(R::not_committed);
    for (const std::int64_t quantity : {-1, 0, 4}) {
      some.quantity = quantity;
      decltype(bound){bound}.when(some).then_refused(R::quantity_out_of_range);
    }
  }
  TEST_CASE("committed units are shipped, all or some, and no more") {
    const StockDeducted all{.reservation_id = r1, .quantity = 3},
        some{.reservation_id = r1, .quantity = 2};
    item(created, received(10), reserved(3), committed).when(ship(3)).then(all);
    item(created, received(10), reserved(3), committed).when(ship(2)).then(some);
    item(created, received(10), reserved(3), committed, some)
        .when(ship(2))
        .then_refused(R::quantity_out_of_range);
    item(created, received(10), reserved(3), committed, all)
        .when(ship(1))
        .then_refused(R::not_committed);
    item(created, received(10), reserved(3)).when(ship(1)).then_refused(R::not_committed);
    item(created, received(10)).when(ship(1)).then_refused(R::not_found);
  }
  TEST_CASE("units that are promised and not there yet are not shipped before they arrive") {
    auto promised =
        item(created, received(2), ThresholdsSet{.backorder_limit = 5}, reserved(3), committed);
    decltype(promised){promised}.when(ship(3)).then_refused(
        R::insufficient_stock, {{"available", 2}});
    const StockDeducted some{.reservation_id = r1, .quantity = 2};
    decltype(promised){promised}.when(ship(2)).then(some);
    const auto waiting = promised.and_then(some);
    decltype(promised){waiting}.when(ship(1)).then_refused(
        R::insufficient_stock, {{"available", 0}});
    decltype(promised){waiting}
        .and_then(received(1))
        .when(ship(1))
        .then(StockDeducted{.reservation_id = r1, .quantity = 1});
  }
}

TEST_SUITE("inventory: locations") {
  TEST_CASE("a location is registered once") {
    const RegisterLocation command{
        .location_id = schemas::Id<"Location">{"main"},
        .type = LocationType::store,
        .address = "a"};
    const LocationRegistered fact{.type = LocationType::store, .address = "a"};
    dsl::given<LocationDecider>().when(command).then(fact);
    dsl::given<LocationDecider>(fact).when(command).then_refused(R::code_taken);
  }
}
