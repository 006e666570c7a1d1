#include "replay/filter.hpp"

#include <fmt/format.h>

#include "tests/replay/shop.hpp"

namespace {

using namespace replayed;

// "commit.fact" of what a filter takes.
std::string taken(fold::Log& log, const std::string& text) {
  const auto filter = replay::Filter::parse(text);
  std::string all;
  replay::History{log, {}}.read({}, [&](const auto& commit, const auto&) {
    for (std::size_t i = 0; i < commit.facts.size(); ++i)
      if (filter.takes(commit, commit.facts[i]))
        all += fmt::format("{}{}.{}", all.empty() ? "" : " ", commit.number, i);
    return true;
  });
  return all;
}

}  // namespace

TEST_SUITE("replay: filter") {
  TEST_CASE_FIXTURE(Shop, "each word narrows; of a word given twice, one is enough") {
    CHECK(taken(log, "context=construct") == "0.0");
    CHECK(taken(log, "context=inventory") == "1.0 2.0 3.0 3.1 3.2 4.0");
    CHECK(taken(log, "context=inventory;context=construct") == "0.0 1.0 2.0 3.0 3.1 3.2 4.0");
    CHECK(taken(log, "aggregate=inventory/StockItem/mug") == "3.1 3.2 4.0");
    CHECK(taken(log, "aggregate=inventory/StockItem") == "1.0 2.0 3.0 3.1 3.2 4.0");
    CHECK(taken(log, "fact=StockItemCreated") == "1.0 3.1");
    CHECK(taken(log, "actor=ann") == "3.0 3.1 3.2");
    CHECK(taken(log, "correlation=c-3;fact=StockReceived") == "3.0 3.2");
    CHECK(taken(log, "aggregate=inventory/StockItem/nothing") == "");
    CHECK(taken(log, "actor=nobody") == "");
  }

  TEST_CASE_FIXTURE(Shop, "a field is compared as what it is") {
    CHECK(taken(log, "where=quantity=10") == "2.0");
    CHECK(taken(log, "where=quantity>=7") == "2.0 3.2");
    CHECK(taken(log, "where=quantity<7") == "3.0 4.0");
    CHECK(taken(log, "where=quantity!=10") == "3.0 3.2 4.0");
    CHECK(taken(log, "where=quantity>5;where=quantity<10") == "3.2");
    CHECK(taken(log, "where=quantity=-1152921504606846976") == "4.0");
    CHECK(taken(log, "where=source_ref==1+1") == "3.0");
    CHECK(taken(log, "fact=StockItemCreated;where=product_id=mug") == "3.1");
    // What a fact does not have a value in is nothing.
    CHECK(taken(log, "fact=StockItemCreated;where=variant_id!=x") == "");
  }

  TEST_CASE("enums, times, truths, and what lies in lists and tables") {
    history::Log log;
    ordering::OrderPlaced placed{.user_id = schemas::Id<"User">{"u-1"}, .currency_code = "EUR"};
    placed.items = {
        {.product_id = schemas::Id<"Product">{"tea"}, .quantity = 2},
        {.product_id = schemas::Id<"Product">{"mug"}, .quantity = 9}};
    log.fact("ordering/Order/o-1", placed);
    log.fact(
        "ordering/Order/o-1",
        ordering::OrderStatusChanged{
            .old_status = ordering::OrderStatus::pending,
            .new_status = ordering::OrderStatus::failed});
    inventory::StockReserved held{.quantity = 1, .expires_at = history::beginning};
    log.fact(tea, held);
    CHECK(taken(log, "where=items.product_id=mug") == "1.0");
    CHECK(taken(log, "where=items.quantity>9") == "");
    CHECK(taken(log, "where=items.quantity>8;context=ordering") == "1.0");
    CHECK(taken(log, "where=new_status=failed") == "2.0");
    CHECK(taken(log, "where=expires_at<=2025-06-15T15:06:40Z") == "3.0");
    CHECK(taken(log, "where=expires_at>2025-06-15T15:06:40Z") == "");
  }

  TEST_CASE("what there is not is named, with what there is") {
    const auto why = [](const char* text) { return refused([&] { replay::Filter::parse(text); }); };
    const auto says = [&](const char* text, const char* part) {
      CHECK_MESSAGE(why(text).find(part) != std::string::npos, why(text));
    };
    says("context=shipping", "there are construct, inventory, ordering");
    says("aggregate=ordering/Cart/c-1", "the kinds are construct/Log");
    says("fact=OrderLost", "there is no fact OrderLost; there are");
    says("fact=PlaceOrder", "there is no fact PlaceOrder");
    says("where=colour=red", "has a field colour");
    says("where=quantity=many", "has a field quantity");
    says("fact=StockItemCreated;where=quantity=1", "has a field quantity");
    says("where=new_status=lost", "has a field new_status");
    says("where=quantity", "is no condition");
    says("where==1", "is no condition");
    says("where=items=1", "has a field items");
    says("colour=red", "is nothing to filter by");
    says("ann", "is no filter");
    says("", "is no filter");
  }
}
