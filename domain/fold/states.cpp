#include "domain/fold/states.hpp"

#include "domain/fold/names.hpp"

#define CONTEXT(name)                \
  namespace name {                   \
  void states(fold::States& states); \
  }
#include "contexts.def"
#undef CONTEXT

namespace fold {

std::unique_ptr<State> States::make(std::string_view aggregate) const {
  const auto found = makes_.find(kind_of(aggregate));
  return found == makes_.end() ? nullptr : found->second();
}

const States& states() {
  static const States all = [] {
    States made;
#define CONTEXT(name) name::states(made);
#include "contexts.def"
#undef CONTEXT
    return made;
  }();
  return all;
}

}  // namespace fold
