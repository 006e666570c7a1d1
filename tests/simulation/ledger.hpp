// Stock as a careful clerk with a notebook would keep it: what the commands of the simulation must
// come to, written a second time by hand, sharing nothing with domain/ and commands/ but the
// schema.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "schemas/construct.hpp"
#include "tests/simulation/asked.hpp"

namespace simulation {

using schemas::Time;

// What a fact changes. Facts that only tell what the numbers show are none.
struct Effect {
  std::string stream;
  std::string type;
  std::string hold;
  std::int64_t quantity = 0;
  std::optional<schemas::Id<"Order">> order;
  Time expires;
  std::vector<inventory::TransferLine> lines;
  bool operator==(const Effect&) const = default;
};
std::optional<Effect> effect_of(const construct::Fact& fact);

// What a command must be answered: a refusal, or effects; neither when there is nothing to do.
struct Due {
  std::string refusal;
  std::string refused_by;
  std::optional<std::int64_t> available;  // told with a refusal
  std::vector<Effect> effects;
};

class Ledger {
 public:
  Due due(const Asked& asked, Time now) const;
  // Throws std::runtime_error when the fact cannot have happened.
  void apply(const construct::Fact& fact);
  std::uint64_t version(const std::string& stream) const;

 private:
  enum class Status { held, committed, ended };
  struct Hold {
    std::int64_t quantity = 0;
    Status status = Status::held;
    std::optional<schemas::Id<"Order">> order;
    Time expires;
  };
  struct Item {
    std::int64_t on_hand = 0;
    std::map<std::string, Hold> holds;
    std::int64_t available() const;
  };
  struct Move {
    enum class Stage { under_way, completed, cancelled } stage = Stage::under_way;
    std::vector<inventory::TransferLine> lines;
  };

  Due on(const inventory::CreateStockItem& command, Time now) const;
  Due on(const inventory::ReceiveStock& command, Time now) const;
  Due on(const inventory::AdjustStock& command, Time now) const;
  Due on(const inventory::ReserveStock& command, Time now) const;
  Due on(const inventory::CommitReservation& command, Time now) const;
  Due on(const inventory::ReleaseReservation& command, Time now) const;
  Due on(const inventory::ExpireReservation& command, Time now) const;
  Due on(const inventory::ShipReserved& command, Time now) const;
  Due on(const inventory::StartStockTransfer& command, Time now) const;
  Due on(const inventory::CompleteStockTransfer& command, Time now) const;
  Due on(const inventory::CancelStockTransfer& command, Time now) const;
  // One after the other, all or none.
  Due all(Effect first, const std::vector<Asked>& steps, Time now) const;

  const Item* item(const schemas::Id<"StockItem">& id) const;
  const Hold* hold(
      const schemas::Id<"StockItem">& id, const schemas::Id<"Reservation">& hold) const;
  void take(const Effect& effect);
  void take_hold(Item& item, const Effect& effect);

  std::map<std::string, Item> items_;
  std::map<std::string, Move> moves_;
  std::map<std::string, std::uint64_t> versions_;
};

}  // namespace simulation
