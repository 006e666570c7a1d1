// A payment gateway in memory that does what its port promises, over a line that does not: requests
// get lost or come late, and so do answers. It knows what became of the money.
#pragma once

#include <deque>
#include <map>
#include <vector>

#include "commands/payment/gateway.hpp"
#include "schemas/payment.hpp"

namespace payment {

class Bank final : public Gateway {
 public:
  enum class Line : std::uint8_t { good, request_lost, request_late, answer_lost };
  std::function<Line()> line = [] { return Line::good; };
  // What the next authorization comes to.
  GatewayOutcome next = GatewayOutcome::authorized;

  struct Account {
    std::int64_t held = 0, captured = 0, refunded = 0;
  };
  const Account& account(const std::string& authorization_key) {
    return accounts_[authorization_key];
  }
  // All of them.
  Account total() const {
    Account total;
    for (const auto& [key, account] : accounts_) {
      total.held += account.held;
      total.captured += account.captured;
      total.refunded += account.refunded;
    }
    return total;
  }

  void authorize(Authorization request, Done done) override {
    handle(
        request.key,
        [this, request] {
          if (next == GatewayOutcome::authorized) accounts_[request.key].held = request.amount;
          amounts_[request.key] = request.amount;
          return GatewayAnswer{
              .outcome = next,
              .gateway_ref = request.key,
              .reason = next == GatewayOutcome::declined ? "no_funds" : "",
              .action_url = next == GatewayOutcome::action_required ? "https://bank.example" : ""};
        },
        done);
  }
  void capture(std::string key, std::string ref, std::int64_t amount, Done done) override {
    handle(
        key,
        [this, ref, amount] {
          auto& account = accounts_[ref];
          if (account.held < amount) return failed();
          account.held -= amount;
          account.captured += amount;
          return GatewayAnswer{.outcome = GatewayOutcome::captured};
        },
        done);
  }
  void release(std::string key, std::string authorization_key, Done done) override {
    handle(
        key,
        [this, authorization_key] {
          if (accounts_[authorization_key].captured > 0) return failed();
          accounts_[authorization_key].held = 0;
          answers_[authorization_key] = {.outcome = GatewayOutcome::voided};
          return GatewayAnswer{.outcome = GatewayOutcome::voided};
        },
        done);
  }
  void refund(std::string key, std::string ref, std::int64_t amount, Done done) override {
    handle(
        key,
        [this, ref, amount] {
          auto& account = accounts_[ref];
          if (refuse_refunds || account.captured - account.refunded < amount) return failed();
          account.refunded += amount;
          return GatewayAnswer{.outcome = GatewayOutcome::refunded};
        },
        done);
  }
  void look_up(std::string key, Done done) override {
    const auto now = line();
    if (now != Line::good) return done({});
    const auto known = answers_.find(key);
    done(
        known == answers_.end() ? GatewayAnswer{.outcome = GatewayOutcome::not_found}
                                : known->second);
  }
  void fence(std::string key, Done done) override {
    handle(
        key, [] { return GatewayAnswer{.outcome = GatewayOutcome::voided}; }, done);
  }

  bool refuse_refunds = false;

  // Requests that were late arrive, the first one first.
  bool late() {
    if (late_.empty()) return false;
    auto [key, act] = std::move(late_.front());
    late_.pop_front();
    take(key, act);
    return true;
  }
  // The customer does what the gateway asked for.
  bool customer_acts(const std::string& key, GatewayOutcome outcome) {
    const auto known = answers_.find(key);
    if (known == answers_.end() || known->second.outcome != GatewayOutcome::action_required)
      return false;
    known->second = {.outcome = outcome, .gateway_ref = key};
    if (outcome == GatewayOutcome::authorized) accounts_[key].held = amounts_[key];
    tell(key, known->second);
    return true;
  }
  // What it tells on its own account, of all that it was asked.
  const std::vector<IngestGatewayEvent>& events() const { return events_; }

 private:
  using Act = std::function<GatewayAnswer()>;

  static GatewayAnswer failed() {
    return {.outcome = GatewayOutcome::failed, .reason = "not_possible"};
  }

  void handle(const std::string& key, const Act& act, const Done& done) {
    const auto now = line();
    if (now == Line::request_late) late_.emplace_back(key, act);
    if (now == Line::request_late || now == Line::request_lost) return done({});
    const auto answer = take(key, act);
    done(now == Line::answer_lost ? GatewayAnswer{} : answer);
  }
  // For one key a thing is done once.
  GatewayAnswer take(const std::string& key, const Act& act) {
    if (const auto known = answers_.find(key); known != answers_.end()) return known->second;
    auto answer = answers_[key] = act();
    tell(key, answer);
    return answer;
  }

  void tell(const std::string& key, const GatewayAnswer& answer) {
    using Type = GatewayEventType;
    static const std::map<GatewayOutcome, Type> types{
        {GatewayOutcome::authorized, Type::authorized},
        {GatewayOutcome::declined, Type::declined},
        {GatewayOutcome::action_required, Type::action_required},
        {GatewayOutcome::captured, Type::captured},
        {GatewayOutcome::voided, Type::voided},
        {GatewayOutcome::refunded, Type::refunded},
        {GatewayOutcome::failed, Type::failed}};
    events_.push_back(
        {.event_id = schemas::Id<"GatewayEvent">{"e-" + std::to_string(events_.size())},
         .type = types.at(answer.outcome),
         // The gateway knows the payment by what it was asked; keys begin with it.
         .payment_id = schemas::Id<"PaymentIntent">{payment_of(key)},
         .key = key,
         .gateway_ref = answer.gateway_ref,
         .reason = answer.reason,
         .action_url = answer.action_url});
  }
  static std::string payment_of(std::string key) {
    for (int i = 0; i < 2; ++i) key.resize(key.rfind('~'));
    return key;
  }

  std::map<std::string, GatewayAnswer> answers_;  // by key
  std::map<std::string, Account> accounts_;       // by the authorization's key, which is its ref
  std::map<std::string, std::int64_t> amounts_;
  std::deque<std::pair<std::string, Act>> late_;
  std::vector<IngestGatewayEvent> events_;
};

}  // namespace payment
