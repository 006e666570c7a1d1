// What the domain answers to a command: new facts, nothing to do, or no and why.
#pragma once

#include <concepts>
#include <cstdint>
#include <string>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

namespace kernel {

struct Nothing {};
inline constexpr Nothing nothing;

// A rejection with the numbers that help the client, such as how many units are available.
template <class Rejection>
struct Refused {
  Rejection why{};
  std::vector<std::pair<std::string, std::int64_t>> details;
  bool operator==(const Refused&) const = default;
};
template <class Rejection>
Refused(Rejection, std::vector<std::pair<std::string, std::int64_t>>) -> Refused<Rejection>;

template <class Fact, class Rejection>
class [[nodiscard]] Decision {
 public:
  using Facts = std::vector<Fact>;

  // Converting on purpose, so that decide() returns a fact, a list of facts, a rejection or
  // `nothing` as it is. NOLINTBEGIN(google-explicit-constructor)
  Decision(Nothing) {}
  Decision(Rejection why) : answer_{Refused<Rejection>{why, {}}} {}
  Decision(Refused<Rejection> refused) : answer_{std::move(refused)} {}
  Decision(Facts facts) : answer_{std::move(facts)} {}
  template <class One>
    requires std::constructible_from<Fact, One&&> &&
             (!std::same_as<std::remove_cvref_t<One>, Decision>)
  Decision(One&& fact) {  // NOLINT(bugprone-forwarding-reference-overload): not for a Decision
    std::get<Facts>(answer_).emplace_back(std::forward<One>(fact));
  }
  // NOLINTEND(google-explicit-constructor)

  const Facts* facts() const { return std::get_if<Facts>(&answer_); }
  const Refused<Rejection>* refused() const { return std::get_if<Refused<Rejection>>(&answer_); }

 private:
  std::variant<Facts, Refused<Rejection>> answer_;
};

}  // namespace kernel
