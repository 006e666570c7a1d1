// What a plain struct is made of: the names and the values of its members, in their order, without
// a word in the struct itself.
//
// How: an aggregate has as many members as it can be initialised with values that become anything;
// structured bindings take it apart; and the compiler names a pointer to a member of an object that
// is only declared, in __PRETTY_FUNCTION__. (After Boost.PFR, whose names need Boost 1.84.) All of
// it happens while compiling. An aggregate has no bases, no private members and no arrays here.
//
// Any thread; no state.
#pragma once

#include <cstddef>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>

namespace kernel {

namespace members {

struct Anything {
  template <class T>
  operator T() const;  // NOLINT(google-explicit-constructor): never called
};

template <class T, class... Values>
consteval std::size_t count() {
  if constexpr (requires { T{Values{}..., Anything{}}; })
    return count<T, Values..., Anything>();
  else
    return sizeof...(Values);
}

template <class T>
constexpr auto tie(T& value) {
  constexpr auto members = count<std::remove_cv_t<T>>();
  static_assert(members <= 24, "a struct of so many members needs another line here");
  // clang-format off
  if constexpr (members == 0) { return std::tuple<>{}; }
  else if constexpr (members == 1) { auto& [m1] = value; return std::tie(m1); }
  else if constexpr (members == 2) { auto& [m1, m2] = value; return std::tie(m1, m2); }
  else if constexpr (members == 3) { auto& [m1, m2, m3] = value; return std::tie(m1, m2, m3); }
  else if constexpr (members == 4) { auto& [m1, m2, m3, m4] = value; return std::tie(m1, m2, m3, m4); }
  else if constexpr (members == 5) { auto& [m1, m2, m3, m4, m5] = value; return std::tie(m1, m2, m3, m4, m5); }
  else if constexpr (members == 6) { auto& [m1, m2, m3, m4, m5, m6] = value; return std::tie(m1, m2, m3, m4, m5, m6); }
  else if constexpr (members == 7) { auto& [m1, m2, m3, m4, m5, m6, m7] = value; return std::tie(m1, m2, m3, m4, m5, m6, m7); }
  else if constexpr (members == 8) { auto& [m1, m2, m3, m4, m5, m6, m7, m8] = value; return std::tie(m1, m2, m3, m4, m5, m6, m7, m8); }
  else if constexpr (members == 9) { auto& [m1, m2, m3, m4, m5, m6, m7, m8, m9] = value; return std::tie(m1, m2, m3, m4, m5, m6, m7, m8, m9); }
  else if constexpr (members == 10) { auto& [m1, m2, m3, m4, m5, m6, m7, m8, m9, m10] = value; return std::tie(m1, m2, m3, m4, m5, m6, m7, m8, m9, m10); }
  else if constexpr (members == 11) { auto& [m1, m2, m3, m4, m5, m6, m7, m8, m9, m10, m11] = value; return std::tie(m1, m2, m3, m4, m5, m6, m7, m8, m9, m10, m11); }
  else if constexpr (members == 12) { auto& [m1, m2, m3, m4, m5, m6, m7, m8, m9, m10, m11, m12] = value; return std::tie(m1, m2, m3, m4, m5, m6, m7, m8, m9, m10, m11, m12); }
  else if constexpr (members == 13) { auto& [m1, m2, m3, m4, m5, m6, m7, m8, m9, m10, m11, m12, m13] = value; return std::tie(m1, m2, m3, m4, m5, m6, m7, m8, m9, m10, m11, m12, m13); }
  else if constexpr (members == 14) { auto& [m1, m2, m3, m4, m5, m6, m7, m8, m9, m10, m11, m12, m13, m14] = value; return std::tie(m1, m2, m3, m4, m5, m6, m7, m8, m9, m10, m11, m12, m13, m14); }
  else if constexpr (members == 15) { auto& [m1, m2, m3, m4, m5, m6, m7, m8, m9, m10, m11, m12, m13, m14, m15] = value; return std::tie(m1, m2, m3, m4, m5, m6, m7, m8, m9, m10, m11, m12, m13, m14, m15); }
  else if constexpr (members == 16) { auto& [m1, m2, m3, m4, m5, m6, m7, m8, m9, m10, m11, m12, m13, m14, m15, m16] = value; return std::tie(m1, m2, m3, m4, m5, m6, m7, m8, m9, m10, m11, m12, m13, m14, m15, m16); }
  else if constexpr (members == 17) { auto& [m1, m2, m3, m4, m5, m6, m7, m8, m9, m10, m11, m12, m13, m14, m15, m16, m17] = value; return std::tie(m1, m2, m3, m4, m5, m6, m7, m8, m9, m10, m11, m12, m13, m14, m15, m16, m17); }
  else if constexpr (members == 18) { auto& [m1, m2, m3, m4, m5, m6, m7, m8, m9, m10, m11, m12, m13, m14, m15, m16, m17, m18] = value; return std::tie(m1, m2, m3, m4, m5, m6, m7, m8, m9, m10, m11, m12, m13, m14, m15, m16, m17, m18); }
  else if constexpr (members == 19) { auto& [m1, m2, m3, m4, m5, m6, m7, m8, m9, m10, m11, m12, m13, m14, m15, m16, m17, m18, m19] = value; return std::tie(m1, m2, m3, m4, m5, m6, m7, m8, m9, m10, m11, m12, m13, m14, m15, m16, m17, m18, m19); }
  else if constexpr (members == 20) { auto& [m1, m2, m3, m4, m5, m6, m7, m8, m9, m10, m11, m12, m13, m14, m15, m16, m17, m18, m19, m20] = value; return std::tie(m1, m2, m3, m4, m5, m6, m7, m8, m9, m10, m11, m12, m13, m14, m15, m16, m17, m18, m19, m20); }
  else if constexpr (members == 21) { auto& [m1, m2, m3, m4, m5, m6, m7, m8, m9, m10, m11, m12, m13, m14, m15, m16, m17, m18, m19, m20, m21] = value; return std::tie(m1, m2, m3, m4, m5, m6, m7, m8, m9, m10, m11, m12, m13, m14, m15, m16, m17, m18, m19, m20, m21); }
  else if constexpr (members == 22) { auto& [m1, m2, m3, m4, m5, m6, m7, m8, m9, m10, m11, m12, m13, m14, m15, m16, m17, m18, m19, m20, m21, m22] = value; return std::tie(m1, m2, m3, m4, m5, m6, m7, m8, m9, m10, m11, m12, m13, m14, m15, m16, m17, m18, m19, m20, m21, m22); }
  else if constexpr (members == 23) { auto& [m1, m2, m3, m4, m5, m6, m7, m8, m9, m10, m11, m12, m13, m14, m15, m16, m17, m18, m19, m20, m21, m22, m23] = value; return std::tie(m1, m2, m3, m4, m5, m6, m7, m8, m9, m10, m11, m12, m13, m14, m15, m16, m17, m18, m19, m20, m21, m22, m23); }
  else if constexpr (members == 24) { auto& [m1, m2, m3, m4, m5, m6, m7, m8, m9, m10, m11, m12, m13, m14, m15, m16, m17, m18, m19, m20, m21, m22, m23, m24] = value; return std::tie(m1, m2, m3, m4, m5, m6, m7, m8, m9, m10, m11, m12, m13, m14, m15, m16, m17, m18, m19, m20, m21, m22, m23, m24); }
  // clang-format on
}

template <class T>
struct Declared {
  T value;
};
template <class T>
extern const Declared<T> declared;

// In a struct, because Clang 16 takes no pointer to a member's member as it is.
template <class T>
struct Pointer {
  const T* to;
};
template <class T>
Pointer(const T*) -> Pointer<T>;

// "… [with auto Member = kernel::members::Pointer<bool>{(& …::payment::Request::doubted)}; …]"
template <auto Member>
consteval std::string_view name() {
  std::string_view text = __PRETTY_FUNCTION__;
  text = text.substr(0, text.find_first_of(")}", text.find('&')));
  return text.substr(text.find_last_of(":.") + 1);
}

#ifdef __clang__  // It is not defined anywhere, on purpose.
#pragma clang diagnostic push
#pragma clang diagnostic ignored "-Wundefined-var-template"
#endif
template <class T, std::size_t Index>
inline constexpr std::string_view name_of_member =
    name<Pointer{&std::get<Index>(tie(declared<T>.value))}>();
#ifdef __clang__
#pragma clang diagnostic pop
#endif

}  // namespace members

// Calls with each member's name and value.
template <class T, class Use>
void each_member(const T& value, Use&& use) {
  static_assert(std::is_aggregate_v<T>);
  const auto values = members::tie(value);
  [&]<std::size_t... Index>(std::index_sequence<Index...>) {
    (use(members::name_of_member<T, Index>, std::get<Index>(values)), ...);
  }(std::make_index_sequence<std::tuple_size_v<decltype(values)>>{});
}

}  // namespace kernel
