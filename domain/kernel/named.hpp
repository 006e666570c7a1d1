// One of a variant's alternatives, by the name of its table.
#pragma once

#include <string_view>
#include <type_traits>
#include <variant>

namespace kernel {

// Calls `use` with an empty value of the alternative that has this name; false when none has.
template <class Variant, class Use>
bool with_named(std::string_view name, Use&& use) {
  return [&]<class... One>(std::type_identity<std::variant<One...>>) {
    return ((One::type_name == name && (use(One{}), true)) || ...);
  }(std::type_identity<Variant>{});
}

}  // namespace kernel
