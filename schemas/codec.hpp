// Plain structs to FlatBuffers and back. Included by generated code only, so that contexts compile
// without it.
//
// The generated code lists the fields of each struct (`Fields<T>::list`); the templates here do the
// rest. Decoding verifies first (bounds, alignment, nesting) and throws Corrupt, so bytes from
// anywhere are safe to decode.
#pragma once

#include <flatbuffers/flatbuffers.h>

#include <array>
#include <cstring>
#include <tuple>
#include <type_traits>

#include "schemas/types.hpp"

namespace schemas::codec {

using flatbuffers::FlatBufferBuilder;
using flatbuffers::uoffset_t;
using flatbuffers::Verifier;
using flatbuffers::voffset_t;
using TableData = flatbuffers::Table;

// One field: where it stands in the struct and in the table's vtable.
template <class Owner, class Member>
struct Field {
  voffset_t slot;
  const char* name;
  Member Owner::*member;
};
template <class Owner, class Member>
constexpr Field<Owner, Member> field(voffset_t slot, const char* name, Member Owner::*member) {
  return {slot, name, member};
}

// Specialised by generated code: `static constexpr auto list = std::tuple{field(4, "quantity",
// &T::quantity), …}`.
template <class T>
struct Fields;

template <class T>
inline constexpr bool is_scalar =
    std::is_arithmetic_v<T> || std::is_enum_v<T> || std::is_same_v<T, Time>;
template <class T>
inline constexpr bool is_optional = false;
template <class T>
inline constexpr bool is_optional<std::optional<T>> = true;
template <class T>
inline constexpr bool is_list = false;
template <class T>
inline constexpr bool is_list<std::vector<T>> = true;
template <class T>
inline constexpr bool is_text = std::is_same_v<T, std::string>;
template <Literal Kind>
inline constexpr bool is_text<Id<Kind>> = true;

// The wire's integer for a scalar.
template <class T>
auto to_raw(const T& value) {
  if constexpr (std::is_same_v<T, Time>)
    return static_cast<std::int64_t>(value.time_since_epoch().count());
  else if constexpr (std::is_same_v<T, bool> || std::is_enum_v<T>)
    return static_cast<std::uint8_t>(value);
  else
    return value;
}
template <class T>
T from_raw(decltype(to_raw(T{})) raw) {
  if constexpr (std::is_same_v<T, Time>)
    return Time{std::chrono::microseconds{raw}};
  else
    return static_cast<T>(raw);
}

inline const std::string& text_of(const std::string& text) { return text; }
template <Literal Kind>
const std::string& text_of(const Id<Kind>& id) {
  return id.text();
}

// ---- Writing ----

template <class T>
uoffset_t pack(FlatBufferBuilder& out, const T& value);

// Digests and whole FlatBuffers: aligned, so that what is nested can be read where it lies.
inline uoffset_t pack(FlatBufferBuilder& out, const Bytes& bytes) {
  out.ForceVectorAlignment(bytes.data.size(), 1, 8);
  return out
      .CreateVector(reinterpret_cast<const std::uint8_t*>(bytes.data.data()), bytes.data.size())
      .o;
}

template <class T>
uoffset_t pack_list(FlatBufferBuilder& out, const std::vector<T>& items) {
  if constexpr (is_scalar<T>) {
    std::vector<decltype(to_raw(T{}))> raw;
    raw.reserve(items.size());
    for (const auto& item : items) raw.push_back(to_raw(item));
    return out.CreateVector(raw).o;
  } else {
    std::vector<flatbuffers::Offset<void>> offsets;
    offsets.reserve(items.size());
    for (const auto& item : items) offsets.emplace_back(pack(out, item));
    return out.CreateVector(offsets).o;
  }
}

template <class T>
uoffset_t pack_value(FlatBufferBuilder& out, const T& value) {
  if constexpr (is_scalar<T>)
    return 0;
  else if constexpr (is_optional<T>)
    return value ? pack_value(out, *value) : 0;
  else if constexpr (is_list<T>)
    return pack_list(out, value);
  else
    return pack(out, value);
}

template <class T>
void add(FlatBufferBuilder& out, voffset_t slot, const T& value, uoffset_t offset) {
  if constexpr (is_scalar<T>)
    out.AddElement(slot, to_raw(value));  // Zeros too: absent means absent.
  else if constexpr (is_optional<T>) {
    if (value) add(out, slot, *value, offset);
  } else
    out.AddOffset(slot, flatbuffers::Offset<void>{offset});
}

template <class T>
uoffset_t pack(FlatBufferBuilder& out, const T& value) {
  if constexpr (is_text<T>) {
    return out.CreateString(text_of(value)).o;
  } else {
    return std::apply(
        [&](const auto&... fields) -> uoffset_t {
          // Whatever a table refers to is written before the table itself.
          [[maybe_unused]] const std::array<uoffset_t, sizeof...(fields)> offsets{
              pack_value(out, value.*fields.member)...};
          const auto start = out.StartTable();
          [[maybe_unused]] std::size_t next = 0;
          (add(out, fields.slot, value.*fields.member, offsets[next++]), ...);
          return out.EndTable(start);
        },
        Fields<T>::list);
  }
}

template <class T>
std::string encode(const T& value) {
  thread_local FlatBufferBuilder out;  // Keeps its memory from one record to the next.
  out.Clear();
  out.Finish(flatbuffers::Offset<void>{pack(out, value)});
  return {reinterpret_cast<const char*>(out.GetBufferPointer()), out.GetSize()};
}

// ---- Reading ----

template <class T>
struct ListOf;
template <class T>
struct ListOf<std::vector<T>> {
  using Item = T;
};

template <class T>
using Raw = decltype(to_raw(T{}));
using Offsets = flatbuffers::Vector<flatbuffers::Offset<TableData>>;

template <class T>
bool verify_table(Verifier& verifier, const TableData& table);

template <class T>
bool verify_item(Verifier& verifier, const std::uint8_t* at) {
  if constexpr (is_text<T>)
    return verifier.VerifyString(reinterpret_cast<const flatbuffers::String*>(at));
  else if constexpr (std::is_same_v<T, Bytes>)
    return verifier.VerifyVector(reinterpret_cast<const flatbuffers::Vector<std::uint8_t>*>(at));
  else if constexpr (is_list<T>) {
    using Item = typename ListOf<T>::Item;
    if constexpr (is_scalar<Item>) {
      return verifier.VerifyVector(reinterpret_cast<const flatbuffers::Vector<Raw<Item>>*>(at));
    } else {
      const auto* items = reinterpret_cast<const Offsets*>(at);
      if (!verifier.VerifyVector(items)) return false;
      for (uoffset_t i = 0; i < items->size(); ++i)
        if (const auto* slot = items->Data() + i * sizeof(uoffset_t);
            !verifier.VerifyOffset(slot, 0) ||
            !verify_item<Item>(verifier, slot + flatbuffers::ReadScalar<uoffset_t>(slot)))
          return false;
      return true;
    }
  } else
    return verify_table<T>(verifier, *reinterpret_cast<const TableData*>(at));
}

template <class T>
bool verify_field(Verifier& verifier, const TableData& table, voffset_t slot) {
  if constexpr (is_scalar<T>)
    return table.VerifyField<Raw<T>>(verifier, slot, sizeof(Raw<T>));
  else if constexpr (is_optional<T>)
    return verify_field<typename T::value_type>(verifier, table, slot);
  else {
    if (!table.VerifyOffset(verifier, slot)) return false;
    const auto* at = table.GetPointer<const std::uint8_t*>(slot);
    return !at || verify_item<T>(verifier, at);
  }
}

template <class T>
bool verify_table(Verifier& verifier, const TableData& table) {
  return table.VerifyTableStart(verifier) &&
         std::apply(
             [&](const auto&... fields) {
               return (
                   verify_field<std::remove_cvref_t<decltype(std::declval<T>().*fields.member)>>(
                       verifier, table, fields.slot) &&
                   ...);
             },
             Fields<T>::list) &&
         verifier.EndTable();
}

template <class T>
void unpack(const TableData& table, T& value);

template <class T>
void unpack_item(const std::uint8_t* at, T& value) {
  if constexpr (is_text<T>) {
    value = T{std::string{reinterpret_cast<const flatbuffers::String*>(at)->string_view()}};
  } else if constexpr (std::is_same_v<T, Bytes>) {
    const auto* bytes = reinterpret_cast<const flatbuffers::Vector<std::uint8_t>*>(at);
    value.data.assign(reinterpret_cast<const char*>(bytes->data()), bytes->size());
  } else if constexpr (is_list<T>) {
    using Item = typename ListOf<T>::Item;
    if constexpr (is_scalar<Item>) {
      const auto* items = reinterpret_cast<const flatbuffers::Vector<Raw<Item>>*>(at);
      value.reserve(items->size());
      for (const auto raw : *items) value.push_back(from_raw<Item>(raw));
    } else {
      const auto* items = reinterpret_cast<const Offsets*>(at);
      value.resize(items->size());
      for (uoffset_t i = 0; i < items->size(); ++i)
        unpack_item(reinterpret_cast<const std::uint8_t*>(items->Get(i)), value[i]);
    }
  } else
    unpack(*reinterpret_cast<const TableData*>(at), value);
}

template <class T>
bool unpack_field(const TableData& table, voffset_t slot, T& value) {
  if (!table.CheckField(slot)) return is_optional<T>;
  if constexpr (is_scalar<T>)
    value = from_raw<T>(table.GetField<Raw<T>>(slot, Raw<T>{}));
  else if constexpr (is_optional<T>)
    unpack_field(table, slot, value.emplace());
  else
    unpack_item(table.GetPointer<const std::uint8_t*>(slot), value);
  return true;
}

template <class T>
void unpack(const TableData& table, T& value) {
  std::apply(
      [&](const auto&... fields) {
        [[maybe_unused]] const auto read = [&](const auto& field) {
          if (!unpack_field(table, field.slot, value.*field.member))
            throw Corrupt(
                std::string{T::type_name} + "." + field.name + " is missing from the stored bytes");
        };
        (read(fields), ...);
      },
      Fields<T>::list);
}

template <class T>
void decode(std::string_view bytes, T& value) {
  // Stored bytes are aligned where the store's are; what is not is moved first.
  std::string aligned;
  if (reinterpret_cast<std::uintptr_t>(bytes.data()) % alignof(std::uint64_t) != 0) {
    aligned.assign(
        bytes.size() + alignof(std::uint64_t) * 4, '\0');  // Beyond the small-string buffer.
    std::memcpy(aligned.data(), bytes.data(), bytes.size());
    bytes = std::string_view{aligned.data(), bytes.size()};
  }
  const auto* data = reinterpret_cast<const std::uint8_t*>(bytes.data());
  Verifier verifier{data, bytes.size()};
  const auto root = bytes.size() < sizeof(uoffset_t) ? 0 : verifier.VerifyOffset(0);
  if (root == 0 || !verify_table<T>(verifier, *reinterpret_cast<const TableData*>(data + root)))
    throw Corrupt("the stored bytes are not a " + std::string{T::type_name});
  value = T{};
  unpack(*reinterpret_cast<const TableData*>(data + root), value);
}

}  // namespace schemas::codec
