#include "commands/smart_contract/escrow_dispute.hpp"

namespace smart_contract {
namespace {

using flows::Heard;
using flows::Steps;

template <class Fact>
std::string instance_of(const Fact& fact, const Heard& heard) {
  return std::string{heard.id} + '~' + fact.dispute_id.text();
}

template <class Fact>
Steps escalate_when_due(EscrowDispute& state, const Fact& fact, const Heard& heard) {
  state.rule_by = fact.rule_by;
  return {flows::later(
      fact.rule_by,
      "escalate",
      EscalateDispute{
          .contract_id = schemas::Id<"Agreement">{heard.id}, .dispute_id = fact.dispute_id})};
}

}  // namespace

Steps react(EscrowDispute& state, const DisputeRaised& fact, const Heard& heard) {
  return escalate_when_due(state, fact, heard);
}

Steps react(EscrowDispute& state, const ArbiterReplaced& fact, const Heard& heard) {
  return escalate_when_due(state, fact, heard);
}

Steps react(EscrowDispute&, const DisputeRuled&, const Heard&) { return {flows::end()}; }

flows::FlowType escrow_dispute() {
  return flows::Builder<EscrowDispute>{"escrow_dispute"}
      .begins<DisputeRaised>(instance_of)
      .hears<ArbiterReplaced>(instance_of)
      .hears<DisputeRuled>(instance_of)
      .build();
}

}  // namespace smart_contract
