#include "commands/engine/registry.hpp"

#include <fmt/format.h>

#include <stdexcept>

#include "domain/fold/names.hpp"

// A context that is listed and not registered is an undefined reference that names it.
#define CONTEXT(name)                        \
  namespace name {                           \
  void commands(engine::Registry& registry); \
  }
#include "contexts.def"
#undef CONTEXT

namespace engine {

void Registry::add(std::string_view context, std::string_view aggregate, Factory make) {
  auto path = fmt::format("{}/{}", context, aggregate);
  types_.emplace(path, AggregateType{path, make});
}

const AggregateType& Registry::of(const schemas::Table& command) const {
  const auto found = types_.find(fmt::format("{}/{}", command.context, command.aggregate));
  if (found == types_.end())
    throw std::invalid_argument(fmt::format(
        "{}/{} is not registered; add it to commands/{}/registration.cpp",
        command.context,
        command.aggregate,
        command.context));
  return found->second;
}

const AggregateType* Registry::of_stream(std::string_view stream) const {
  const auto found = types_.find(fold::kind_of(stream));
  return found == types_.end() ? nullptr : &found->second;
}

const Registry& registry() {
  static const Registry all = [] {
    Registry made;
#define CONTEXT(name) name::commands(made);
#include "contexts.def"
#undef CONTEXT
    return made;
  }();
  return all;
}

}  // namespace engine
