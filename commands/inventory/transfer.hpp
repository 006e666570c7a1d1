// A transfer sets units aside where they are, then moves all of them or none.
#pragma once

#include "commands/engine/step.hpp"
#include "domain/inventory/transfer.hpp"

namespace inventory {

using TransferDecider = kernel::Decider<TransferSchema, Transfer>;

TransferDecider::Decision decide(const Transfer& transfer, const StartStockTransfer& command);
TransferDecider::Decision decide(const Transfer& transfer, const CompleteStockTransfer& command);
TransferDecider::Decision decide(const Transfer& transfer, const CancelStockTransfer& command);

std::vector<engine::Step> together(const Transfer& transfer, const StartStockTransfer& command);
std::vector<engine::Step> together(const Transfer& transfer, const CompleteStockTransfer& command);
std::vector<engine::Step> together(const Transfer& transfer, const CancelStockTransfer& command);

}  // namespace inventory
