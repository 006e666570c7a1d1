// What the kinds of the model are in a FlatBuffer.
#pragma once

#include <cstddef>
#include <cstdint>

#include "schemas/model.hpp"

namespace schemas {

// As many tables may be nested in each other as FlatBuffers' own verifier allows.
inline constexpr std::size_t tables_deep_max = 64;

// Calls `use` with a zero of the C++ type that a scalar of this kind has there.
template <class Use>
auto with_scalar(Kind kind, Use&& use) {
  switch (kind) {
    case Kind::int8:
      return use(std::int8_t{});
    case Kind::int16:
      return use(std::int16_t{});
    case Kind::int32:
      return use(std::int32_t{});
    case Kind::int64:
      return use(std::int64_t{});
    case Kind::uint16:
      return use(std::uint16_t{});
    case Kind::uint32:
      return use(std::uint32_t{});
    case Kind::uint64:
      return use(std::uint64_t{});
    default:
      return use(std::uint8_t{});
  }
}

// Others are referred to by an offset.
constexpr bool is_scalar(Kind kind) {
  return kind != Kind::text && kind != Kind::bytes && kind != Kind::table;
}
constexpr bool is_integer(Kind kind) {
  return is_scalar(kind) && kind != Kind::boolean && kind != Kind::enumeration;
}

// How many bytes a value takes where it stands, in a table or a list.
inline std::size_t inline_size(Kind kind) {
  return is_scalar(kind) ? with_scalar(kind, [](auto zero) { return sizeof zero; })
                         : sizeof(std::uint32_t);
}

}  // namespace schemas
