// FlatBuffers read by the model, every access checked.
//
// Nothing is trusted: reading goes through bounds checks and memcpy, so bytes may be damaged,
// hostile or unaligned, and the worst that comes of it is Corrupt. FlatBuffers lets tables and
// strings share parts, so a small buffer may unfold into an endless one; ours never share, so a
// buffer that yields more than it holds is given up as well.
//
// One thread at a time; the bytes must outlive it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>
#include <utility>

#include "schemas/types.hpp"
#include "schemas/wire.hpp"

namespace schemas {

class FlatBytes {
 public:
  explicit FlatBytes(std::string_view bytes) : bytes_{bytes}, unread_{bytes.size()} {}

  // Positions are counted from the first byte.
  struct TableAt {
    std::size_t at;
    std::size_t vtable;
    std::uint16_t vtable_size;
  };
  struct ListAt {
    std::size_t first;  // the position of the first item
    std::uint32_t size;
  };

  TableAt root() { return table(follow(0)); }
  TableAt table(std::size_t at) {
    spend(sizeof(std::int32_t));
    const auto vtable = static_cast<std::int64_t>(at) - read<std::int32_t>(at);
    if (vtable < 0) corrupt();
    const TableAt found{
        at,
        static_cast<std::size_t>(vtable),
        read<std::uint16_t>(static_cast<std::size_t>(vtable))};
    if (found.vtable_size > bytes_.size() - found.vtable) corrupt();
    return found;
  }

  // Where a field's value stands; 0 when it is absent.
  std::size_t field(const TableAt& table, std::uint16_t slot) const {
    if (slot + sizeof(std::uint16_t) > table.vtable_size) return 0;
    const auto offset = read<std::uint16_t>(table.vtable + slot);
    return offset == 0 ? 0 : table.at + offset;
  }

  // A scalar as an int64; a uint64 beyond that is nothing that the model allows.
  std::int64_t scalar(Kind kind, std::size_t at) const {
    return with_scalar(kind, [&]<class T>(T) {
      const auto value = read<T>(at);
      if (!std::in_range<std::int64_t>(value)) corrupt();
      return static_cast<std::int64_t>(value);
    });
  }
  // What an offset points to.
  std::size_t follow(std::size_t at) const { return at + read<std::uint32_t>(at); }

  ListAt list(std::size_t at, std::size_t item_size) {
    const ListAt found{at + sizeof(std::uint32_t), read<std::uint32_t>(at)};
    spend(sizeof(std::uint32_t) + found.size * item_size);
    if (found.size * item_size > bytes_.size() - found.first) corrupt();
    return found;
  }
  std::string_view content(std::size_t at) {
    const auto found = list(at, 1);
    return bytes_.substr(found.first, found.size);
  }

 private:
  template <class T>
  T read(std::size_t at) const {
    if (at > bytes_.size() || bytes_.size() - at < sizeof(T)) corrupt();
    T value;
    std::memcpy(&value, bytes_.data() + at, sizeof value);
    return value;
  }

  void spend(std::size_t count) {
    if (count > unread_) corrupt();
    unread_ -= count;
  }

  [[noreturn]] static void corrupt() {
    throw Corrupt("the bytes end early or point outside themselves");
  }

  std::string_view bytes_;
  std::size_t unread_;
};

}  // namespace schemas
