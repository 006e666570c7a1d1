// The states of aggregates, of any context, as whoever replays the log folds them: nothing is
// decided here.
//
// A context declares each of its aggregates once, in domain/<context>/states.cpp; a context that is
// listed and does not is an undefined reference that names it.
#pragma once

#include <map>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>

#include "domain/kernel/decider.hpp"
#include "domain/kernel/named.hpp"
#include "domain/kernel/shown.hpp"

namespace fold {

// One aggregate's state. One thread.
class State {
 public:
  virtual ~State() = default;
  // Throws schemas::Corrupt when the bytes are not the fact, std::invalid_argument when the
  // aggregate has no such fact.
  virtual void evolve(std::string_view fact, std::string_view data, schemas::Time at) = 0;
  virtual void write_json(std::string& out) const = 0;
};

template <class Decider>
class StateOf final : public State {
 public:
  void evolve(std::string_view fact, std::string_view data, schemas::Time at) override {
    const bool known = kernel::with_named<typename Decider::Fact>(fact, [&]<class One>(One one) {
      decode(data, one);
      Decider::evolve_one(state_, one, at);
    });
    if (!known)
      throw std::invalid_argument(
          std::string{Decider::Schema::name} + " has no " + std::string{fact});
  }
  void write_json(std::string& out) const override { kernel::write_shown(out, state_); }

 private:
  typename Decider::State state_{};
};

// The kinds of aggregates, "inventory/StockItem". Any thread, once they are all there.
class States {
 public:
  using Make = std::unique_ptr<State> (*)();

  template <class Schema, class StateType>
  void add() {
    makes_.emplace(
        std::string{Schema::context} + '/' + std::string{Schema::name},
        []() -> std::unique_ptr<State> {
          return std::make_unique<StateOf<kernel::Decider<Schema, StateType>>>();
        });
  }
  // In its initial state, for the aggregate "inventory/StockItem/sku-1"; null when no context has
  // such a kind.
  std::unique_ptr<State> make(std::string_view aggregate) const;

 private:
  std::map<std::string, Make, std::less<>> makes_;
};

// Those of every context.
const States& states();

}  // namespace fold
