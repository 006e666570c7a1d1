// A small flow for the runtime's own tests: an item that is new gets its first delivery, is counted
// an hour later, and asks for more when it runs empty.
#pragma once

#include "commands/flows/flow.hpp"
#include "schemas/inventory.hpp"

namespace restock {

using namespace inventory;

inline constexpr std::chrono::hours count_after{1};

struct Restock {
  static constexpr std::string_view type_name = "Restock";
  int deliveries = 0;
};
inline std::string encode(const Restock& state) { return std::to_string(state.deliveries); }
inline void decode(std::string_view bytes, Restock& state) {
  state.deliveries = std::stoi(std::string{bytes});
}

inline flows::Steps deliver(Restock& state, const flows::Heard& heard) {
  const auto number = ++state.deliveries;
  return {flows::send(
      "deliver-" + std::to_string(number),
      ReceiveStock{
          .inventory_id = schemas::Id<"StockItem">{heard.id},
          .quantity = 5,
          .source_ref = "flow"})};
}

inline flows::Steps react(Restock& state, const StockItemCreated&, const flows::Heard& heard) {
  auto steps = deliver(state, heard);
  steps.push_back(flows::later(
      heard.at + count_after,
      "count",
      RecordStockCount{
          .inventory_id = schemas::Id<"StockItem">{heard.id}, .counted = 5, .reason = "new"}));
  return steps;
}
inline flows::Steps react(Restock& state, const StockDepleted&, const flows::Heard& heard) {
  return deliver(state, heard);
}
// Somebody has counted: no need to.
inline flows::Steps react(Restock&, const StockCounted&, const flows::Heard&) {
  return {flows::forget("count")};
}
// Whoever breaks it sees to it themselves.
inline flows::Steps react(Restock&, const StockAdjusted& fact, const flows::Heard&) {
  if (fact.reason == "the end") return {flows::end()};
  return {flows::stuck("broken")};
}
inline flows::Steps react(
    Restock&, const flows::Refused<RecordStockCount>& refused, const flows::Heard&) {
  return {flows::stuck(std::string{refused.code})};
}

inline std::vector<flows::FlowType> flows() {
  return {::flows::Builder<Restock>{"restock"}
              .begins<StockItemCreated>()
              .hears<StockDepleted, StockCounted, StockAdjusted>()
              .refused<RecordStockCount>()
              .build()};
}

}  // namespace restock
