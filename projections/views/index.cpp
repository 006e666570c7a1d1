#include "projections/views/index.hpp"

#include "schemas/flat_bytes.hpp"

namespace views {
namespace {

constexpr char end_of_part = '\0';

void add_number(std::string& entry, std::int64_t value) {
  constexpr std::string_view digits = "0123456789abcdef";
  // So that they sort as they count, the sign bit is flipped.
  const auto bits = static_cast<std::uint64_t>(value) ^ (std::uint64_t{1} << 63);
  for (int shift = 60; shift >= 0; shift -= 4) entry += digits[bits >> shift & 15];
  entry += end_of_part;
}

void add_text(std::string& entry, std::string_view text) {
  entry.append(text.substr(0, index_text_most)).append(1, end_of_part);
}

void add_value(
    std::string& entry, const schemas::Field& field, schemas::FlatBytes& bytes, std::size_t at) {
  if (field.type.kind == schemas::Kind::text)
    add_text(entry, bytes.content(bytes.follow(at)));
  else
    add_number(entry, bytes.scalar(field.type.kind, at));
}

// Each entry once for each item of the list.
std::vector<std::string> multiplied(
    const std::vector<std::string>& entries,
    const schemas::Field& field,
    schemas::FlatBytes& bytes,
    std::size_t at) {
  std::vector<std::string> longer;
  if (at == 0) return longer;
  const auto size = schemas::inline_size(field.type.kind);
  const auto items = bytes.list(bytes.follow(at), size);
  for (std::uint32_t i = 0; i < items.size; ++i)
    for (const auto& entry : entries)
      add_value(longer.emplace_back(entry), field, bytes, items.first + i * size);
  return longer;
}

}  // namespace

std::string index_part(std::int64_t value) {
  std::string part;
  add_number(part, value);
  return part;
}

std::string index_part(std::string_view text) {
  std::string part;
  add_text(part, text);
  return part;
}

// Runs for every index of every row that changes, before and after.
std::vector<std::string> index_entries(
    const IndexType& index, std::string_view row_key, std::string_view row) {
  schemas::FlatBytes bytes{row};
  const auto table = bytes.root();
  std::vector<std::string> entries(1);
  for (const auto* field : index.fields) {
    const auto at = bytes.field(table, field->slot);
    if (field->type.list) {
      entries = multiplied(entries, *field, bytes, at);
      continue;
    }
    for (auto& entry : entries) {
      if (at == 0)
        entry += end_of_part;
      else
        add_value(entry, *field, bytes, at);
    }
  }
  for (auto& entry : entries) entry += row_key;
  return entries;
}

std::string_view row_key_of(std::string_view index_entry) {
  return index_entry.substr(index_entry.rfind(end_of_part) + 1);
}

}  // namespace views
