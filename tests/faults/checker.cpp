#include "tests/faults/checker.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <map>
#include <set>

namespace faults {
namespace {

using nlohmann::json;

// An aggregate as far as it matters here.
struct State {
  std::uint64_t version = 0;
  std::string status;  // of an order
  std::int64_t on_hand = 0, reserved = 0;
  std::int64_t authorized = 0, captured = 0, refunded = 0;
  std::set<std::int64_t> renewed;          // periods
  std::map<std::int64_t, bool> under_way;  // periods whose payment is
  bool ended = false;
  std::int64_t funded = 0, settled = 0;

  std::int64_t available() const { return on_hand - reserved; }
};

// The log, folded, with every state that an aggregate ever was in.
class Model {
 public:
  Model(const std::vector<Commit>& log, std::vector<std::string>& wrong) : wrong_{wrong} {
    decltype(Commit::at) before{};
    for (const auto& commit : log) {
      if (commit.at <= std::exchange(before, commit.at))
        wrong_.push_back(fmt::format("commit {} is not later than the one before", commit.number));
      for (const auto& fact : commit.facts) apply(commit, fact);
      for (const auto& fact : commit.facts) {
        auto& states = history_[fact.aggregate];
        if (states.empty() || states.back().first != commit.number)
          states.emplace_back(commit.number, now_[fact.aggregate]);
      }
    }
  }

  // Whether that was so of an aggregate when `known` commits were there, or at any time later.
  bool since(
      std::uint64_t known,
      const std::string& aggregate,
      const std::function<bool(const State&)>& so) const {
    const auto found = history_.find(aggregate);
    if (found == history_.end()) return so(State{});
    const auto& states = found->second;
    auto at = std::ranges::lower_bound(states, known, {}, [](const auto& s) { return s.first; });
    if (at == states.begin() ? so(State{}) : so((at - 1)->second)) return true;
    return std::any_of(at, states.end(), [&](const auto& state) { return so(state.second); });
  }

  const std::map<std::string, State>& now() const { return now_; }

 private:
  void apply(const Commit& commit, const Fact& fact) {
    auto& state = now_[fact.aggregate];
    const auto blame = [&](std::string_view what) {
      wrong_.push_back(fmt::format("commit {}: {}: {}", commit.number, fact.aggregate, what));
    };
    if (fact.version != ++state.version)
      blame(fmt::format("version {} instead of {}", fact.version, state.version));
    change(state, fact, blame);
    check_expiry(commit, fact, blame);
    if (state.available() < 0)
      blame(fmt::format("{} units too many are promised", -state.available()));
    if (state.captured > state.authorized) blame("more is captured than was authorized");
    if (state.refunded > state.captured) blame("more is refunded than was captured");
  }

  template <class Blame>
  void check_expiry(const Commit& commit, const Fact& fact, const Blame& blame) {
    const auto reservation = [&] {
      return std::pair{fact.aggregate, fact.data.at("reservation_id").get<std::string>()};
    };
    if (fact.type == "StockReserved" || fact.type == "ReservationExtended")
      expires_at_[reservation()] = fact.data.at("expires_at").get<std::int64_t>();
    if (fact.type == "ReservationExpired" &&
        commit.at.time_since_epoch().count() < expires_at_[reservation()])
      blame("a reservation expires before its time");
  }

  template <class Blame>
  static void change(State& state, const Fact& fact, const Blame& blame) {
    const auto& data = fact.data;
    const auto number = [&](const char* name) { return data.at(name).get<std::int64_t>(); };
    if (fact.type == "StockReceived") state.on_hand += number("quantity");
    if (fact.type == "StockReserved") state.reserved += number("quantity");
    if (fact.type == "ReservationReleased" || fact.type == "ReservationExpired")
      state.reserved -= number("quantity");
    if (fact.type == "StockDeducted") {
      state.reserved -= number("quantity");
      state.on_hand -= number("quantity");
    }
    if (fact.type == "OrderPlaced") state.status = "pending";
    if (fact.type == "OrderStatusChanged") state.status = data.at("new_status");
    if (fact.type == "PaymentAuthorized") state.authorized += number("amount");
    if (fact.type == "PaymentCaptured") state.captured += number("amount");
    if (fact.type == "RefundSucceeded") state.refunded += number("amount");
    if (fact.type == "SubscriptionPaymentAttached") state.under_way[number("period_index")] = true;
    if (fact.type == "SubscriptionPaymentFailed") state.under_way[number("period_index")] = false;
    if (fact.type == "SubscriptionActivated" || fact.type == "SubscriptionRenewed") {
      if (!state.renewed.insert(number("period_index")).second) blame("a period is renewed twice");
      state.under_way[number("period_index")] = false;
    }
    if (fact.type == "SubscriptionCancelled" || fact.type == "SubscriptionExpired")
      state.ended = true;
    if (fact.type == "EscrowFunded") {
      if (state.funded != 0) blame("it is funded twice");
      state.funded = number("amount");
    }
    if (fact.type == "MilestoneSettled") state.settled += number("released") + number("refunded");
    if (fact.type == "ContractSettled") {
      if (std::exchange(state.ended, true)) blame("it is settled twice");
      if (state.settled != state.funded)
        blame(fmt::format("{} of {} is settled", state.settled, state.funded));
    }
  }

  std::vector<std::string>& wrong_;
  std::map<std::string, State> now_;
  // Each state that there was, so what grows with the log is no part of one.
  std::map<std::string, std::vector<std::pair<std::uint64_t, State>>> history_;
  std::map<std::pair<std::string, std::string>, std::int64_t> expires_at_;  // of reservations
};

// Whether what a refusal says was so.
bool holds(const Model& model, const Told& told) {
  const auto code = told.answer.value("code", "");
  const auto since = [&](const std::string& aggregate, const auto& so) {
    return model.since(told.known, aggregate, so);
  };
  const auto period = [&] { return told.body.at("period_index").get<std::int64_t>(); };
  if (code == "inventory/insufficient_stock") {
    const auto left = told.answer.at("available").get<std::int64_t>();
    const auto was_left = [&](const State& item) { return item.available() == left; };
    if (left >= 1) return false;  // nobody here asks for more than one
    if (!told.body.contains("items")) return since(told.aggregate, was_left);
    return std::ranges::any_of(told.body["items"], [&](const json& item) {
      return since("inventory/StockItem/" + item["inventory_id"].get<std::string>(), was_left);
    });
  }
  if (code == "ordering/order_closed")
    return since(told.aggregate, [](const State& order) {
      return order.status == "failed" || order.status == "completed";
    });
  if (code == "subscription/period_already_renewed")
    return since(told.aggregate, [&](const State& s) { return s.renewed.contains(period()); });
  if (code == "subscription/payment_in_progress")
    return since(told.aggregate, [&](const State& s) {
      const auto found = s.under_way.find(period());
      return found != s.under_way.end() && found->second;
    });
  if (code == "subscription/already_cancelled")
    return since(told.aggregate, [](const State& s) { return s.ended; });
  return false;
}

void check_answers(
    const std::vector<Commit>& log,
    const Model& model,
    const std::vector<Told>& told,
    std::vector<std::string>& wrong) {
  std::map<std::string, std::vector<const Commit*>> by_key;
  for (const auto& commit : log) by_key[commit.key_hash].push_back(&commit);
  for (const auto& one : told) {
    const auto blame = [&](std::string_view what) {
      wrong.push_back(
          fmt::format("{} of {} ({}): {}", one.key, one.aggregate, one.answer.dump(), what));
    };
    const auto& effects = by_key[sha256(one.key)];
    if (effects.size() > 1) blame(fmt::format("it took effect {} times", effects.size()));
    if (one.status == 0) continue;  // it may have taken effect or not
    if (one.status == 422) {
      if (!effects.empty()) blame("it was refused, and took effect");
      if (!holds(model, one)) blame("what it was refused for never was so");
      continue;
    }
    if (one.status != 200 && one.status != 201) {
      blame(fmt::format("status {}", one.status));
      continue;
    }
    if (one.answer["events"].empty()) {
      if (!model.since(
              one.known, one.aggregate, [](const State& s) { return s.status == "cancelled"; }))
        blame("there was something to do");
      continue;
    }
    if (effects.empty()) {
      blame("it was acknowledged, and is lost");
      continue;
    }
    const auto& commit = *effects.front();
    const std::string position = one.answer["position"];
    if (std::stoull(position.substr(position.find('-') + 1)) != commit.number)
      blame(fmt::format("it is commit {}", commit.number));
    if (commit.number < one.known) blame("it was decided before it was asked for");
    json events = json::array();
    for (const auto& fact : commit.facts)
      if (fact.aggregate == one.answer["stream"]) events.push_back(fact.type);
    if (events != one.answer["events"]) blame("its commit has other facts: " + events.dump());
  }
}

}  // namespace

std::vector<std::string> check(const std::vector<Commit>& log, const std::vector<Told>& told) {
  std::vector<std::string> wrong;
  const Model model{log, wrong};
  check_answers(log, model, told, wrong);
  return wrong;
}

Outcome outcome(const std::vector<Commit>& log) {
  std::vector<std::string> wrong;
  const Model model{log, wrong};
  Outcome found;
  for (const auto& [aggregate, state] : model.now()) {
    const auto id = aggregate.substr(aggregate.rfind('/') + 1);
    if (aggregate.starts_with("ordering/Order/")) found.orders[id] = state.status;
    if (aggregate.starts_with("inventory/StockItem/")) found.available[id] = state.available();
  }
  return found;
}

}  // namespace faults
