#include "commands/effects/effects.hpp"
#include "commands/engine/aggregate_of.hpp"
#include "commands/engine/registry.hpp"
#include "commands/smart_contract/agreement.hpp"
#include "commands/smart_contract/contract_template.hpp"
#include "commands/smart_contract/escrow.hpp"
#include "commands/smart_contract/escrow_dispute.hpp"

namespace smart_contract {

void commands(engine::Registry& registry) {
  engine::add<engine::AggregateOf<ContractTemplateDecider>>(registry);
  engine::add<engine::AggregateOf<TemplateHashClaimDecider>>(registry);
  engine::add<engine::AggregateOf<AgreementDecider>>(registry);
}

void flows(std::vector<::flows::FlowType>& all) {
  all.push_back(escrow());
  all.push_back(escrow_dispute());
}

void effects(::effects::Registry&, const ::effects::Outside&) {}

}  // namespace smart_contract
