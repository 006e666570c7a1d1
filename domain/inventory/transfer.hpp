// Units on their way from one stock item to others: started, then completed or cancelled; neither
// end reopens.
#pragma once

#include "domain/kernel/decider.hpp"
#include "schemas/inventory.hpp"

namespace inventory {

struct Unknown {};
struct Moving {
  std::vector<TransferLine> lines;
};
struct Ended {
  TransferStatus how;
};

struct Transfer {
  std::variant<Unknown, Moving, Ended> state;
};

inline void evolve(Transfer& transfer, const StockTransferStarted& fact) {
  transfer.state = Moving{fact.lines};
}
inline void evolve(Transfer& transfer, const StockTransferCompleted&) {
  transfer.state = Ended{TransferStatus::completed};
}
inline void evolve(Transfer& transfer, const StockTransferCancelled&) {
  transfer.state = Ended{TransferStatus::cancelled};
}

}  // namespace inventory
