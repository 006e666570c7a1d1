// The checker finds each thing that it is there to find.
#include "tests/faults/checker.hpp"

#include <doctest/doctest.h>

using namespace faults;
using nlohmann::json;

namespace {

constexpr auto item = "inventory/StockItem/sku-1";

struct World {
  std::vector<Commit> log;
  std::vector<Told> told;

  World& commit(const std::string& key, std::vector<Fact> facts) {
    log.push_back(
        {.number = log.size(),
         .at = decltype(Commit::at){std::chrono::microseconds{log.size() + 1}},
         .key_hash = sha256(key),
         .facts = std::move(facts)});
    return *this;
  }
  // A command that is answered by the log's last commit.
  World& acknowledged(const std::string& key, const std::string& aggregate, const char* type) {
    told.push_back(
        {.key = key,
         .aggregate = aggregate,
         .status = 200,
         .answer = {
             {"position", "0a1b2c3d-" + std::to_string(log.size() - 1)},
             {"stream", aggregate},
             {"events", {type}}}});
    return *this;
  }
  World& refused(const std::string& key, std::uint64_t known, int available) {
    told.push_back(
        {.key = key,
         .aggregate = item,
         .known = known,
         .status = 422,
         .answer = {{"code", "inventory/insufficient_stock"}, {"available", available}}});
    return *this;
  }
  // Nothing, or what the one sentence has.
  std::string wrong() const {
    const auto all = check(log, told);
    return all.empty() ? "" : all.size() == 1 ? all[0] : "several";
  }
  bool blames(const char* what) const { return wrong().find(what) != std::string::npos; }
};

Fact received(std::uint64_t version, int quantity) {
  return {item, version, "StockReceived", {{"quantity", quantity}}};
}
Fact reserved(std::uint64_t version, const char* id) {
  return {
      item, version, "StockReserved", {{"reservation_id", id}, {"quantity", 1}, {"expires_at", 4}}};
}
Fact expired(std::uint64_t version, const char* id) {
  return {item, version, "ReservationExpired", {{"reservation_id", id}, {"quantity", 1}}};
}
Fact payment(std::uint64_t version, const char* type, int amount) {
  return {"payment/PaymentIntent/p-1", version, type, {{"amount", amount}}};
}

World one_unit_taken() {
  World world;
  world.commit("k-1", {received(1, 1)}).acknowledged("k-1", item, "StockReceived");
  world.commit("k-2", {reserved(2, "r-1")}).acknowledged("k-2", item, "StockReserved");
  return world;
}

}  // namespace

TEST_SUITE("faults: the checker") {
  TEST_CASE("it finds nothing where nothing is wrong") {
    CHECK(one_unit_taken().refused("k-3", 2, 0).wrong().empty());
    CHECK(one_unit_taken().refused("k-3", 0, 0).wrong().empty());
    auto unanswered = one_unit_taken();
    unanswered.told.push_back({.key = "k-9", .aggregate = item});
    CHECK(unanswered.wrong().empty());
  }
  TEST_CASE("what was acknowledged is lost, elsewhere, other, or there twice") {
    auto lost = one_unit_taken();
    lost.log.pop_back();
    CHECK(lost.blames("is lost"));
    auto moved = one_unit_taken();
    moved.told.back().answer["position"] = "0a1b2c3d-0";
    CHECK(moved.blames("it is commit 1"));
    auto other = one_unit_taken();
    other.told.back().answer["events"] = {"StockDepleted"};
    CHECK(other.blames("other facts"));
    auto twice = one_unit_taken();
    twice.commit("k-2", {received(3, 1)});
    CHECK(twice.blames("took effect 2 times"));
    auto early = one_unit_taken();
    early.told.back().known = 2;
    CHECK(early.blames("decided before"));
  }
  TEST_CASE("a refusal took effect, or rests on what never was") {
    CHECK(one_unit_taken().refused("k-2", 0, 0).blames("and took effect"));
    CHECK(one_unit_taken().refused("k-3", 0, 7).blames("never was so"));
    auto before = one_unit_taken();
    before.commit("k-4", {received(3, 5)}).acknowledged("k-4", item, "StockReceived");
    CHECK(before.refused("k-5", 3, 0).blames("never was so"));
    auto unknown = one_unit_taken().refused("k-3", 0, 0);
    unknown.told.back().answer["code"] = "inventory/whatever";
    CHECK(unknown.blames("never was so"));
  }
  TEST_CASE("stock is oversold, a version is missing") {
    auto oversold = one_unit_taken();
    CHECK(oversold.commit("", {reserved(3, "r-2")}).blames("too many are promised"));
    auto gap = one_unit_taken();
    CHECK(gap.commit("", {received(4, 1)}).blames("version 4 instead of 3"));
  }
  TEST_CASE("time stands still, or something expires before its time") {
    auto still = one_unit_taken();
    still.log.back().at = still.log.front().at;
    CHECK(still.blames("not later than the one before"));
    auto early = one_unit_taken();
    CHECK(early.commit("", {expired(3, "r-1")}).blames("before its time"));
    auto due = one_unit_taken();
    CHECK(due.commit("", {}).commit("", {expired(3, "r-1")}).wrong().empty());
  }
  TEST_CASE("money is taken that was not authorized, or given back that was not taken") {
    World world;
    world.commit("", {payment(1, "PaymentAuthorized", 10)});
    CHECK(world.wrong().empty());
    auto more = world;
    CHECK(more.commit("", {payment(2, "PaymentCaptured", 11)}).blames("than was authorized"));
    CHECK(world.commit("", {payment(2, "RefundSucceeded", 1)}).blames("than was captured"));
  }
  TEST_CASE("a period is renewed twice, a contract settled twice or not wholly") {
    const auto renewed = [](std::uint64_t version) {
      return Fact{
          "subscription/Subscription/s-1", version, "SubscriptionRenewed", {{"period_index", 0}}};
    };
    World world;
    CHECK(world.commit("", {renewed(1), renewed(2)}).blames("renewed twice"));
    const auto contract = [](std::uint64_t version, const char* type, json data) {
      return Fact{"smart_contract/Agreement/c-1", version, type, std::move(data)};
    };
    World half;
    half.commit("", {contract(1, "EscrowFunded", {{"amount", 10}})});
    half.commit("", {contract(2, "ContractSettled", json::object())});
    CHECK(half.blames("0 of 10"));
  }
}
