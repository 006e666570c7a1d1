#include "projections/views/index.hpp"

#include <fmt/format.h>

#include "schemas/flat_bytes.hpp"

namespace views {
namespace {

constexpr char end_of_part = '\0';

std::string part_at(const schemas::Field& field, schemas::FlatBytes& bytes, std::size_t at) {
  if (field.type.kind == schemas::Kind::text) return index_part(bytes.content(bytes.follow(at)));
  return index_part(bytes.scalar(field.type.kind, at));
}

std::vector<std::string> parts_of(
    const schemas::Field& field,
    schemas::FlatBytes& bytes,
    const schemas::FlatBytes::TableAt& table) {
  const auto at = bytes.field(table, field.slot);
  if (!field.type.list) return {at == 0 ? std::string(1, end_of_part) : part_at(field, bytes, at)};
  std::vector<std::string> parts;
  if (at == 0) return parts;
  const auto size = schemas::inline_size(field.type.kind);
  const auto items = bytes.list(bytes.follow(at), size);
  for (std::uint32_t i = 0; i < items.size; ++i)
    parts.push_back(part_at(field, bytes, items.first + i * size));
  return parts;
}

}  // namespace

// So that they sort as they count: hexadecimal digits, the sign bit flipped.
std::string index_part(std::int64_t value) {
  return fmt::format("{:016x}", static_cast<std::uint64_t>(value) ^ (std::uint64_t{1} << 63)) +
         end_of_part;
}

std::string index_part(std::string_view text) {
  return std::string{text.substr(0, index_text_most)} + end_of_part;
}

std::vector<std::string> index_entries(
    const IndexType& index, std::string_view row_key, std::string_view row) {
  schemas::FlatBytes bytes{row};
  const auto table = bytes.root();
  std::vector<std::string> entries{{}};
  for (const auto* field : index.fields) {
    const auto parts = parts_of(*field, bytes, table);
    std::vector<std::string> longer;
    for (const auto& entry : entries)
      for (const auto& part : parts) longer.push_back(entry + part);
    entries = std::move(longer);
  }
  for (auto& entry : entries) entry += row_key;
  return entries;
}

std::string_view row_key_of(std::string_view index_entry) {
  return index_entry.substr(index_entry.rfind(end_of_part) + 1);
}

}  // namespace views
