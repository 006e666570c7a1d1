#include "domain/kernel/position.hpp"

#include <algorithm>
#include <charconv>

namespace kernel {

std::string to_token(const Position& position) {
  return position.incarnation + '-' + std::to_string(position.commit);
}

std::optional<Position> parse_position(std::string_view token) {
  constexpr std::size_t incarnation_size = 8;
  if (token.size() < incarnation_size + 2 || token[incarnation_size] != '-') return std::nullopt;
  Position position;
  position.incarnation = token.substr(0, incarnation_size);
  const auto hexadecimal = [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); };
  if (!std::ranges::all_of(position.incarnation, hexadecimal)) return std::nullopt;
  const auto number = token.substr(incarnation_size + 1);
  if (number.size() > 1 && number.front() == '0') return std::nullopt;
  const auto [end, error] =
      std::from_chars(number.data(), number.data() + number.size(), position.commit);
  if (error != std::errc{} || end != number.data() + number.size()) return std::nullopt;
  return position;
}

}  // namespace kernel
