// Random histories: what must hold after every fact, whatever happened.
#include <random>

#include "tests/inventory/values.hpp"

using namespace inventory;

namespace {

// Issues random commands to one item and folds what comes of them.
class RandomItem {
 public:
  explicit RandomItem(unsigned seed) : random_{seed} { fold({StockItemFact{created}}); }

  void act() {
    reservation_ = ReservationId{"r-" + std::to_string(pick(12))};
    now_ += std::chrono::seconds{pick(200)};
    switch (pick(11)) {
      case 0:
        return decide(receive(pick(40)));
      case 1:
        return decide(adjust(pick(20) - 10));
      case 2:
        return decide(count(pick(60)));
      case 3:
        return decide(thresholds(pick(4), pick(8), pick(6)));
      case 4:
        return decide(mine(resize(pick(9))));
      case 5:
        return decide(mine(commit()));
      case 6:
        return decide(mine(release));
      case 7:
        return decide(mine(expire));
      case 8:
        return decide(mine(ship(pick(4))));
      case 9:
        return decide(restock(pick(3)));
      default:
        return decide(mine(reserve(pick(9))));
    }
  }
  const StockItem& item() const { return item_; }

 private:
  int pick(int below) { return std::uniform_int_distribution<int>{0, below - 1}(random_); }
  template <class Command>
  Command mine(Command command) {
    command.reservation_id = reservation_;
    return command;
  }
  template <class Command>
  void decide(const Command& command) {
    const auto decision = StockItemDecider::decide_one(item_, 1, command, now_);
    if (decision.facts()) fold(*decision.facts());
  }
  void fold(const std::vector<StockItemFact>& facts) {
    for (const auto& fact : facts) {
      StockItemDecider::evolve_any(item_, fact, now_);
      check();
    }
  }
  void check() const {
    std::int64_t open = 0;
    for (const auto& [id, reservation] : item_.reservations) {
      CHECK(reservation.quantity >= 0);
      if (reservation.open())
        open += reservation.quantity;
      else
        CHECK(reservation.quantity == 0);
    }
    CHECK(open == item_.reserved);
    CHECK(item_.available() + item_.reserved + item_.safety_stock == item_.on_hand);
    CHECK(item_.on_hand >= 0);
  }

  std::mt19937 random_;
  StockItem item_;
  ReservationId reservation_;
  Time now_ = dsl::epoch;
};

}  // namespace

TEST_SUITE("inventory: random histories") {
  TEST_CASE(
      "available, reserved and safety stock always add up to what is on hand, and a snapshot is "
      "the same item") {
    const auto chosen = std::random_device{}();
    for (unsigned seed :
         {1u, 2u, 3u, 4u, 5u, 6u, 7u, 8u, 205497968u, static_cast<unsigned>(chosen)}) {
      INFO("seed ", seed);
      RandomItem random{seed};
      for (int i = 0; i < 400; ++i) random.act();
      const auto again = from_snapshot([&] {
        StockItemSnapshot read;
        decode(encode(to_snapshot(random.item())), read);
        return read;
      }());
      CHECK((to_snapshot(again) == to_snapshot(random.item())));
      CHECK(again.available() == random.item().available());
    }
  }
}
