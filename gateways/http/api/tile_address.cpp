#include "gateways/http/api/tile_address.hpp"

#include <charconv>
#include <limits>

#include "schemas/notation.hpp"

namespace http {

std::optional<TileAddress> parse_tile(std::span<const schemas::Given> segments) {
  TileAddress address;
  constexpr std::string_view part = ".p";
  constexpr std::uint64_t tile_width = TileAddress{}.width;
  if (segments.size() > 1 && segments[segments.size() - 2].value.ends_with(part)) {
    const auto width = schemas::parse_unsigned(segments.back().value);
    if (!width || *width == 0 || *width >= tile_width) return std::nullopt;
    address.width = *width;
    segments = segments.first(segments.size() - 1);
  }
  for (const auto& segment : segments) {
    std::string_view group = segment.value;
    const bool last = &segment == &segments.back();
    if (last && address.width < tile_width) {
      group.remove_suffix(part.size());
    } else if (!last) {
      if (!group.starts_with('x')) return std::nullopt;
      group.remove_prefix(1);
    }
    unsigned digits = 0;
    const auto [end, error] = std::from_chars(group.data(), group.data() + group.size(), digits);
    if (group.size() != 3 || error != std::errc{} || end != group.data() + group.size() ||
        (segments.size() > 1 && &segment == &segments.front() && digits == 0) ||
        address.index > (std::numeric_limits<std::uint64_t>::max() - digits) / 1000)
      return std::nullopt;
    address.index = address.index * 1000 + digits;
  }
  return address;
}

}  // namespace http
