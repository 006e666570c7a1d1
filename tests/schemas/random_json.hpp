// Random bodies of a table, for properties that hold for all of them.
#pragma once

#include <cstdlib>
#include <nlohmann/json.hpp>
#include <random>
#include <string>

#include "schemas/model.hpp"
#include "schemas/notation.hpp"

namespace schemas::testing {

// A new seed each time; CONSTRUCT_TEST_SEED=N repeats a run.
inline std::uint64_t seed() {
  const char* given = std::getenv("CONSTRUCT_TEST_SEED");
  return given ? std::strtoull(given, nullptr, 10) : std::random_device{}();
}

inline nlohmann::json random_json(const Table& table, std::mt19937_64& random);

inline std::string random_text(
    std::string_view alphabet, std::size_t size_min, std::mt19937_64& random) {
  std::string text;
  for (auto size = size_min + random() % 30; size > 0; --size)
    text += alphabet[random() % alphabet.size()];
  return text;
}

inline nlohmann::json random_integer(const Field& field, std::mt19937_64& random) {
  // Of any size: as many large ones as small ones.
  const auto any = static_cast<std::int64_t>(random()) >> (random() % 64);
  const auto value = std::clamp(any, field.minimum, field.maximum);
  return is_exact_integer(value) ? nlohmann::json(value) : nlohmann::json(std::to_string(value));
}

inline nlohmann::json random_item(const Field& field, std::mt19937_64& random) {
  constexpr std::int64_t year_10000 = 253'402'300'800'000'000;
  if (field.meaning == Meaning::time)
    return format_time(static_cast<std::int64_t>(random() % year_10000));
  if (!field.identifies.empty()) return random_text("abcXYZ019_-", 1, random);
  switch (field.type.kind) {
    case Kind::boolean:
      return random() % 2 == 0;
    case Kind::table:
      return random_json(*field.type.table, random);
    case Kind::text:
      return random_text("ab \"\\/\n\t\x01\x1f\x7f", 0, random) + (random() % 2 ? "é€😀" : "");
    case Kind::enumeration: {
      const auto& values = field.type.enumeration->values;
      return values[random() % values.size()].name;
    }
    default:
      return random_integer(field, random);
  }
}

inline nlohmann::json random_json(const Table& table, std::mt19937_64& random) {
  auto object = nlohmann::json::object();
  for (const auto& field : table.fields) {
    if (field.optional && random() % 2 == 0) continue;
    if (!field.type.list) {
      object[field.name] = random_item(field, random);
      continue;
    }
    auto& list = object[field.name] = nlohmann::json::array();
    for (auto size = random() % 4; size > 0; --size) list.push_back(random_item(field, random));
  }
  return object;
}

}  // namespace schemas::testing
