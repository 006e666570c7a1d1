// Flows and effects for operators, read from the stores of the processes that run them.
#pragma once

#include "domain/fold/store.hpp"
#include "gateways/http/flows.hpp"

namespace cli {

class FlowSource final : public http::FlowSource {
 public:
  // The stores of FlowsFold and EffectsFold; they outlive this.
  FlowSource(fold::Followed& flows, fold::Followed& effects) : flows_{flows}, effects_{effects} {}

  std::optional<std::string> flow(std::string_view name, std::string_view instance) override;
  Page flows(
      std::string_view name,
      std::string_view status,
      std::string_view after,
      std::size_t limit) override;
  Page effects(std::string_view after, std::size_t limit) override;

 private:
  fold::Followed& flows_;
  fold::Followed& effects_;
};

}  // namespace cli
