#include "commands/flows/flow.hpp"

#define CONTEXT(name)                              \
  namespace name {                                 \
  void flows(std::vector<::flows::FlowType>& all); \
  }
#include "contexts.def"
#undef CONTEXT

namespace flows {

const std::vector<FlowType>& all() {
  static const std::vector<FlowType> flows = [] {
    std::vector<FlowType> made;
#define CONTEXT(name) name::flows(made);
#include "contexts.def"
#undef CONTEXT
    return made;
  }();
  return flows;
}

}  // namespace flows
