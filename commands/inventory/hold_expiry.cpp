#include "commands/inventory/hold_expiry.hpp"

namespace inventory {
namespace {

using flows::Heard;
using flows::Steps;

template <class Fact>
std::string instance_of(const Fact& fact, const Heard& heard) {
  return std::string{heard.id} + '~' + fact.reservation_id.text();
}

// Under the same name again: the timer gets another time.
template <class Fact>
Steps expire_when_due(const Fact& fact, const Heard& heard) {
  return {flows::later(
      fact.expires_at,
      "expire",
      ExpireReservation{
          .inventory_id = schemas::Id<"StockItem">{heard.id},
          .reservation_id = fact.reservation_id})};
}

}  // namespace

Steps react(HoldExpiry& hold, const StockReserved& fact, const Heard& heard) {
  hold.expires_at = fact.expires_at;
  return expire_when_due(fact, heard);
}

Steps react(HoldExpiry& hold, const ReservationExtended& fact, const Heard& heard) {
  hold.expires_at = fact.expires_at;
  return expire_when_due(fact, heard);
}

Steps react(HoldExpiry&, const ReservationCommitted&, const Heard&) { return {flows::end()}; }
Steps react(HoldExpiry&, const ReservationReleased&, const Heard&) { return {flows::end()}; }
Steps react(HoldExpiry&, const ReservationExpired&, const Heard&) { return {flows::end()}; }

flows::FlowType hold_expiry() {
  return flows::Builder<HoldExpiry>{"hold_expiry"}
      .begins<StockReserved>(instance_of)
      .hears<ReservationExtended>(instance_of)
      .hears<ReservationCommitted>(instance_of)
      .hears<ReservationReleased>(instance_of)
      .hears<ReservationExpired>(instance_of)
      .build();
}

}  // namespace inventory
