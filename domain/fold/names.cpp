#include "domain/fold/names.hpp"

#include <fmt/format.h>

#include "schemas/notation.hpp"

namespace fold {
namespace {

constexpr std::string_view cause_prefix = "commit ";

}  // namespace

std::string_view kind_of(std::string_view aggregate) {
  const auto first = aggregate.find('/');
  if (first == std::string_view::npos) return {};
  const auto second = aggregate.find('/', first + 1);
  return second == std::string_view::npos ? std::string_view{} : aggregate.substr(0, second);
}

std::string_view context_of(std::string_view aggregate) {
  const auto kind = kind_of(aggregate);
  return kind.substr(0, kind.find('/'));
}

std::string_view type_of(std::string_view aggregate) {
  const auto kind = kind_of(aggregate);
  return kind.substr(kind.find('/') + 1);
}

std::string_view id_of(std::string_view aggregate) {
  const auto kind = kind_of(aggregate);
  return kind.empty() ? kind : aggregate.substr(kind.size() + 1);
}

std::string causation_by(kernel::CommitNumber number) {
  return fmt::format("{}{}", cause_prefix, number);
}

std::optional<kernel::CommitNumber> cause_of(std::string_view causation) {
  if (!causation.starts_with(cause_prefix)) return std::nullopt;
  return schemas::parse_unsigned(causation.substr(cause_prefix.size()));
}

}  // namespace fold
