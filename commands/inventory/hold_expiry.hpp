// Hold expiry: units that nobody commits or releases in time become available again. One instance
// for each reservation, "<inventory id>~<reservation id>".
#pragma once

#include "commands/flows/flow.hpp"
#include "schemas/inventory.hpp"

namespace inventory {

flows::Steps react(HoldExpiry& hold, const StockReserved& fact, const flows::Heard& heard);
flows::Steps react(HoldExpiry& hold, const ReservationExtended& fact, const flows::Heard& heard);
flows::Steps react(HoldExpiry& hold, const ReservationCommitted& fact, const flows::Heard& heard);
flows::Steps react(HoldExpiry& hold, const ReservationReleased& fact, const flows::Heard& heard);
flows::Steps react(HoldExpiry& hold, const ReservationExpired& fact, const flows::Heard& heard);

flows::FlowType hold_expiry();

}  // namespace inventory
