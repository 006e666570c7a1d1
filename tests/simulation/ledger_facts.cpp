// The half of the ledger that reads the log.
#include <fmt/format.h>

#include <stdexcept>

#include "tests/simulation/ledger.hpp"

namespace simulation {
namespace {

using namespace inventory;

template <class Fact>
Fact decoded(const construct::Fact& fact) {
  Fact value;
  decode(fact.data.data, value);
  return value;
}

void fill(Effect& effect, const StockReceived& fact) { effect.quantity = fact.quantity; }
void fill(Effect& effect, const StockAdjusted& fact) { effect.quantity = fact.delta; }
void fill(Effect& effect, const StockReserved& fact) {
  effect.hold = fact.reservation_id.text();
  effect.quantity = fact.quantity;
  effect.order = fact.order_id;
  effect.expires = fact.expires_at;
}
void fill(Effect& effect, const ReservationCommitted& fact) {
  effect.hold = fact.reservation_id.text();
  effect.order = fact.order_id;
}
template <class Fact>
void fill_quantity(Effect& effect, const Fact& fact) {
  effect.hold = fact.reservation_id.text();
  effect.quantity = fact.quantity;
}
void fill(Effect& effect, const ReservationReleased& fact) { fill_quantity(effect, fact); }
void fill(Effect& effect, const ReservationExpired& fact) { fill_quantity(effect, fact); }
void fill(Effect& effect, const StockDeducted& fact) { fill_quantity(effect, fact); }
void fill(Effect& effect, const StockTransferStarted& fact) { effect.lines = fact.lines; }

template <class... Facts>
bool fill_one_of(Effect& effect, const construct::Fact& fact) {
  return ((fact.type == Facts::type_name && (fill(effect, decoded<Facts>(fact)), true)) || ...);
}

[[noreturn]] void impossible(const Effect& effect, std::string_view why) {
  throw std::runtime_error(
      fmt::format("{} {} {}: {}", effect.stream, effect.type, effect.hold, why));
}

}  // namespace

std::optional<Effect> effect_of(const construct::Fact& fact) {
  Effect effect{.stream = fact.aggregate, .type = fact.type};
  const bool filled = fill_one_of<
      StockReceived,
      StockAdjusted,
      StockReserved,
      ReservationCommitted,
      ReservationReleased,
      ReservationExpired,
      StockDeducted,
      StockTransferStarted>(effect, fact);
  const bool empty = fact.type == "StockItemCreated" || fact.type == "StockTransferCompleted" ||
                     fact.type == "StockTransferCancelled";
  if (!filled && !empty) return std::nullopt;
  return effect;
}

void Ledger::apply(const construct::Fact& fact) {
  auto& version = versions_[fact.aggregate];
  if (fact.version != version + 1)
    throw std::runtime_error(
        fmt::format("{} goes from version {} to {}", fact.aggregate, version, fact.version));
  version = fact.version;
  if (const auto effect = effect_of(fact)) take(*effect);
}

void Ledger::take(const Effect& effect) {
  const auto& type = effect.type;
  if (type == "StockTransferStarted")
    moves_[effect.stream].lines = effect.lines;
  else if (type == "StockTransferCompleted")
    moves_.at(effect.stream).stage = Move::Stage::completed;
  else if (type == "StockTransferCancelled")
    moves_.at(effect.stream).stage = Move::Stage::cancelled;
  else {
    auto& item = items_[effect.stream];
    if (type == "StockReceived" || type == "StockAdjusted")
      item.on_hand += effect.quantity;
    else if (type != "StockItemCreated")
      take_hold(item, effect);
  }
}

void Ledger::take_hold(Item& item, const Effect& effect) {
  if (effect.type == "StockReserved") {
    if (effect.quantity > item.available()) impossible(effect, "oversold");
    const Hold made{effect.quantity, Status::held, effect.order, effect.expires};
    if (!item.holds.emplace(effect.hold, made).second) impossible(effect, "the id is taken");
    return;
  }
  auto& hold = item.holds.at(effect.hold);
  if (hold.status == Status::ended) impossible(effect, "it had ended");
  if (effect.type == "ReservationCommitted") {
    hold.status = Status::committed;
    if (effect.order) hold.order = effect.order;
    return;
  }
  if (effect.type == "StockDeducted") item.on_hand -= effect.quantity;
  hold.quantity -= effect.quantity;
  if (hold.quantity < 0) impossible(effect, "more than was held");
  if (hold.quantity == 0) hold.status = Status::ended;
}

}  // namespace simulation
