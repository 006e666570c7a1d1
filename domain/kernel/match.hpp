// Pattern matching over variants.
#pragma once

#include <utility>
#include <variant>

namespace kernel {

template <class... Cases>
struct Overloaded : Cases... {
  using Cases::operator()...;
};
// Implied by the standard, which Clang 16 does not know yet.
template <class... Cases>
Overloaded(Cases...) -> Overloaded<Cases...>;

// match<R>(value)(one lambda per alternative); an unhandled alternative does not compile.
template <class Result, class Variant>
auto match(const Variant& value) {
  return [&value]<class... Cases>(Cases&&... cases) -> Result {
    return std::visit<Result>(
        Overloaded<std::decay_t<Cases>...>{std::forward<Cases>(cases)...}, value);
  };
}

}  // namespace kernel
