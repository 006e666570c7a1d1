#include "projections/views/scrub.hpp"

#include <fmt/format.h>

#include "projections/views/view.hpp"

namespace views {

void scrub(const ViewType& view, const fold::Reads& store, const std::function<bool()>& stopped) {
  const auto names = families(view);
  for (std::size_t i = 0; i < names.size(); ++i) {
    std::string last;
    try {
      store.scan(fold::cursor_family + 1 + i, "", "", [&](std::string_view key, auto) {
        last = key;
        return !stopped();
      });
    } catch (const fold::StoreFailed& why) {
      throw fold::StoreFailed(fmt::format(
          "the view {} is damaged in {}, {}: {}",
          view.name,
          names[i],
          last.empty() ? "at its first key" : "behind the key " + last,
          why.what()));
    }
    if (stopped()) return;
  }
}

}  // namespace views
