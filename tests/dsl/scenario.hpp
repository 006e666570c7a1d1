// A small language for what an aggregate decides:
//
//   given<StockItemDecider>(created, received).when(ReserveStock{…}).then(StockReserved{…});
//   given<StockItemDecider>().when(ReserveStock{…}).then_refused(Rejection::not_found);
//
// Every scenario also proves, unasked, that its facts survive being stored, that the repeat of the
// command records nothing new (unless the case says `.repeatable()`), and that a refusal is one
// which the schema declares for the command.
#pragma once

#include <doctest/doctest.h>

#include <algorithm>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "domain/kernel/decider.hpp"
#include "schemas/model.hpp"

namespace dsl {

using schemas::Time;
inline constexpr Time epoch{std::chrono::hours{24 * 365 * 56}};

template <class Decider>
class Scenario {
 public:
  using Fact = typename Decider::Fact;
  using Facts = std::vector<Fact>;

  explicit Scenario(const Facts& history) { fold(history); }

  // Time goes by before the command comes.
  Scenario& after(std::chrono::microseconds time) {
    now_ += time;
    return *this;
  }
  // Facts that happen at the time reached so far.
  template <class... More>
  Scenario& and_then(More... facts) {
    fold({Fact{std::move(facts)}...});
    return *this;
  }
  // Whether the same command may record something again.
  Scenario& repeatable() {
    repeatable_ = true;
    return *this;
  }

  template <class Command>
  Scenario& when(const Command& command) {
    command_ = Command::type_name;
    answer_ = Decider::decide_one(state_, version_, command, now_);
    repeat_ = [this, command](const Facts& facts) {
      fold(facts);
      return Decider::decide_one(state_, version_, command, now_);
    };
    return *this;
  }

  template <class... Expected>
  void then(Expected... expected) {
    REQUIRE_MESSAGE(answer_.facts(), "refused: ", refusal());
    const Facts wanted{Fact{std::move(expected)}...};
    CHECK((*answer_.facts() == wanted));
    for (const auto& fact : *answer_.facts()) check_survives(fact);
    if (wanted.empty() || repeatable_) return;
    const auto again = repeat_(wanted);
    CHECK_MESSAGE((again.refused() || again.facts()->empty()), "its repeat records something new");
  }
  void then_nothing() { then(); }
  void then_refused(
      typename Decider::Rejection why,
      std::vector<std::pair<std::string, std::int64_t>> details = {}) {
    REQUIRE_MESSAGE(answer_.refused(), "accepted, where ", name_of(why), " was expected");
    CHECK(std::string{refusal()} == name_of(why));
    CHECK(answer_.refused()->details == details);
    const auto& declared = schemas::platform().table(command_)->rejects;
    const auto code = schemas::rejection_code(Decider::Schema::context, name_of(why));
    CHECK_MESSAGE(
        std::ranges::find(declared, code) != declared.end(), command_, " does not declare ", code);
  }

  const typename Decider::State& state() const { return state_; }

 private:
  void fold(const Facts& facts) {
    for (const auto& fact : facts) {
      Decider::evolve_any(state_, fact, now_);
      ++version_;
    }
  }
  std::string_view refusal() const {
    return answer_.refused() ? name_of(answer_.refused()->why) : "not";
  }

  static void check_survives(const Fact& fact) {
    std::visit(
        []<class One>(const One& one) {
          One read;
          decode(encode(one), read);
          CHECK((read == one));
        },
        fact);
  }

  typename Decider::State state_{};
  std::uint64_t version_ = 0;
  Time now_ = epoch;
  bool repeatable_ = false;
  std::string_view command_;
  typename Decider::Decision answer_{kernel::nothing};
  std::function<typename Decider::Decision(const Facts&)> repeat_;
};

template <class Decider, class... Facts>
Scenario<Decider> given(Facts... facts) {
  return Scenario<Decider>{{typename Decider::Fact{std::move(facts)}...}};
}

}  // namespace dsl
