#include "commands/engine/attempt.hpp"
#include "tests/inventory/values.hpp"

using namespace inventory;

namespace {

const schemas::Id<"StockItem"> south{"south"}, north{"north"};

StartStockTransfer start(std::vector<TransferLine> lines) {
  return {
      .transfer_id = schemas::Id<"Transfer">{"t-1"},
      .from_location_id = schemas::Id<"Location">{"s"},
      .to_location_id = schemas::Id<"Location">{"n"},
      .lines = std::move(lines)};
}
const CompleteStockTransfer complete{.transfer_id = schemas::Id<"Transfer">{"t-1"}};
const CancelStockTransfer cancel{.transfer_id = schemas::Id<"Transfer">{"t-1"}, .reason = "r"};

// Two stock items and a transfer in memory, and commands decided on them as the engine does.
struct Shelves {
  engine::Cache cache{100};
  engine::CommitNumber number = 0;

  Shelves() {
    for (const auto* stream :
         {"inventory/StockItem/south", "inventory/StockItem/north", "inventory/Transfer/t-1"})
      cache.insert(stream, {engine::registry().of_stream(stream)->make(), 0});
    for (const auto& id : {south, north}) {
      run(CreateStockItem{
          .inventory_id = id,
          .product_id = created.product_id,
          .location_id = created.location_id});
      run(ReceiveStock{.inventory_id = id, .quantity = 10, .source_ref = "po"});
    }
  }

  // The names of the facts, or the refusal's code.
  template <class Command>
  std::vector<std::string> run(const Command& command) {
    engine::Attempt attempt{cache, dsl::epoch};
    const auto outcome =
        attempt.run(*schemas::platform().table(Command::type_name), encode(command));
    if (outcome == engine::Attempt::Outcome::refused) return {attempt.refusal().code};
    REQUIRE(outcome == engine::Attempt::Outcome::decided);
    std::vector<std::string> facts;
    for (const auto& fact : attempt.facts()) facts.push_back(fact.type);
    attempt.evolve(number++);
    return facts;
  }
  // What a count finds says what was on hand.
  std::int64_t on_hand(const schemas::Id<"StockItem">& id) {
    engine::Attempt attempt{cache, dsl::epoch};
    const RecordStockCount count{.inventory_id = id, .counted = 0, .reason = "c"};
    attempt.run(*schemas::platform().table(RecordStockCount::type_name), encode(count));
    StockCounted counted;
    decode(attempt.facts().at(0).data.data, counted);
    return -counted.difference;
  }
};

using Names = std::vector<std::string>;

}  // namespace

TEST_SUITE("inventory: transfers") {
  TEST_CASE_FIXTURE(Shelves, "a transfer sets every line aside in the same commit") {
    CHECK(
        run(start({{south, north, 3}})) ==
        Names{"StockTransferStarted", "StockReserved", "ReservationCommitted"});
    CHECK(on_hand(south) == 10);
    CHECK(run(complete) == Names{"StockTransferCompleted", "StockDeducted", "StockReceived"});
    CHECK(on_hand(south) == 7);
    CHECK(on_hand(north) == 13);
  }
  TEST_CASE_FIXTURE(Shelves, "one line too many and none is set aside") {
    CHECK(
        run(start({{north, south, 3}, {south, north, 6}, {south, north, 5}})) ==
        Names{"inventory/insufficient_stock"});
    CHECK(run(start({{south, north, 10}})).front() == "StockTransferStarted");
  }
  TEST_CASE_FIXTURE(Shelves, "two lines from one item see each other") {
    CHECK(run(start({{south, north, 6}, {south, north, 4}})).size() == 7);
    CHECK(run(complete).size() == 5);
    CHECK(on_hand(south) == 0);
    CHECK(on_hand(north) == 20);
  }
  TEST_CASE_FIXTURE(Shelves, "a cancelled transfer gives its units back") {
    run(start({{south, north, 10}}));
    CHECK(
        run(ReserveStock{.inventory_id = south, .reservation_id = r1, .quantity = 1}) ==
        Names{"inventory/insufficient_stock"});
    CHECK(run(cancel).front() == "StockTransferCancelled");
    CHECK(
        run(ReserveStock{.inventory_id = south, .reservation_id = r1, .quantity = 10}).front() ==
        "StockReserved");
  }
  TEST_CASE_FIXTURE(Shelves, "a transfer ends once") {
    CHECK(run(complete) == Names{"not_found"});
    run(start({{south, north, 1}}));
    CHECK(run(start({{south, north, 1}})) == Names{"inventory/transfer_closed"});
    run(complete);
    CHECK(run(complete).empty());
    CHECK(run(cancel) == Names{"inventory/transfer_closed"});
  }
  TEST_CASE_FIXTURE(Shelves, "a transfer has lines, and each moves something") {
    CHECK(run(start({})) == Names{"inventory/quantity_invalid"});
    CHECK(run(start({{south, north, 0}})) == Names{"inventory/quantity_invalid"});
  }
  TEST_CASE_FIXTURE(
      Shelves, "an item that is not in memory is asked for, with all others that are missing") {
    engine::Attempt attempt{cache, dsl::epoch};
    const schemas::Id<"StockItem"> east{"east"}, west{"west"};
    const auto command = encode(start({{east, north, 1}, {south, north, 99}, {west, north, 1}}));
    CHECK(
        attempt.run(*schemas::platform().table("StartStockTransfer"), command) ==
        engine::Attempt::Outcome::missing);
    const std::set<std::string> missing{attempt.missing().begin(), attempt.missing().end()};
    CHECK(missing == std::set<std::string>{"inventory/StockItem/east", "inventory/StockItem/west"});
  }
}
