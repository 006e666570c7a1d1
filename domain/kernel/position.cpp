#include "domain/kernel/position.hpp"

#include <algorithm>

#include "schemas/notation.hpp"

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
  const auto number = schemas::parse_unsigned(token.substr(incarnation_size + 1));
  if (!number) return std::nullopt;
  position.commit = *number;
  return position;
}

}  // namespace kernel
