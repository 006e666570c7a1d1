// Escrow dispute: an arbiter who is silent until `rule_by` is replaced by the next one; when that
// one is silent too, the terms rule. Which of them it is, the contract knows. One instance for each
// dispute, "<contract id>~<dispute id>".
#pragma once

#include "commands/flows/flow.hpp"
#include "schemas/smart_contract.hpp"

namespace smart_contract {

flows::Steps react(EscrowDispute& state, const DisputeRaised& fact, const flows::Heard& heard);
flows::Steps react(EscrowDispute& state, const ArbiterReplaced& fact, const flows::Heard& heard);
flows::Steps react(EscrowDispute& state, const DisputeRuled& fact, const flows::Heard& heard);

flows::FlowType escrow_dispute();

}  // namespace smart_contract
