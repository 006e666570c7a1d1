#include "projections/views/metrics.hpp"

#include <fmt/format.h>

#include "projections/views/completeness.hpp"

namespace views {

std::string metrics(const std::vector<Folded>& views) {
  std::string text;
  const auto add =
      [&](std::string_view name, std::string_view kind, std::string_view help, auto value) {
        text += fmt::format("# HELP {0} {2}\n# TYPE {0} {1}\n", name, kind, help);
        for (const auto& view : views)
          text += fmt::format(
              "{}{{view=\"{}\",version=\"{}\"}} {}\n",
              name,
              view.type.name,
              view.type.version,
              value(view));
      };
  add("construct_view_set_aside_keys",
      "gauge",
      "Keys of the view whose facts are set aside, because one could not be applied.",
      [](const Folded& view) { return count_set_aside(view.store); });
  add("construct_view_facts_total",
      "counter",
      "Facts that the view has been given, applied or set aside.",
      [](const Folded& view) { return read_completeness(view.store).facts; });
  return text;
}

}  // namespace views
