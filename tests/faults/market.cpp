#include "tests/faults/market.hpp"

#include <chrono>
#include <functional>
#include <optional>

#include "schemas/notation.hpp"
#include "tests/smart_contract/keys.hpp"

namespace faults {
namespace {

using nlohmann::json;

constexpr std::chrono::milliseconds pause{20};  // before a client that was turned away asks again
const std::string evidence = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
const std::string scarce = "scarce", plenty = "plenty";

std::string in_a_month() {
  const auto due = std::chrono::system_clock::now() + std::chrono::days{30};
  return schemas::format_time(std::chrono::time_point_cast<std::chrono::microseconds>(due));
}

json party(const std::string& id, const char* role, int share_bp) {
  return {
      {"party_id", id},
      {"role", role},
      {"public_key", smart_contract::public_key(id)},
      {"share_bp", share_bp}};
}

}  // namespace

// One thread, one connection at a time.
class Market::Customer {
 public:
  Customer(Market& market, std::string name, std::uint64_t seed)
      : market_{market}, name_{std::move(name)}, random_{seed} {}

  // What is on offer.
  void open() {
    for (const auto& [id, quantity] : {std::pair{scarce, 40}, std::pair{plenty, 1'000'000}}) {
      const auto item = "inventory/StockItem/" + id;
      ask("/commands/inventory/CreateStockItem",
          item,
          {{"inventory_id", id}, {"product_id", "p-1"}, {"location_id", "main"}});
      receive(id, quantity);
    }
    ask("/plans",
        "subscription/Plan/pro~1",
        {{"plan_code", "pro"},
         {"terms",
          {{"name", "Professional"},
           {"audience", "user"},
           {"tier_rank", 1},
           {"price", 1900},
           {"currency_code", "EUR"},
           {"interval", "month"},
           {"interval_count", 1},
           {"trial_days", 0},
           {"entitlements", {{{"feature", "support"}}}}}}});
    ask("/contract-templates",
        "smart_contract/ContractTemplate/escrow-1",
        {{"template_id", "escrow-1"}, {"source_hash", evidence}});
    ask("/contract-templates/escrow-1/approve",
        "smart_contract/ContractTemplate/escrow-1",
        {{"audit_ref", "audit-1"}});
  }

  void run() {
    while (!market_.stopping_) {
      const auto what = below(10);
      if (what < 4)
        order();
      else if (what < 5)
        cancel();
      else if (what < 7)
        reserve();
      else if (what < 8)
        below(8) == 0 ? receive(scarce, 3) : pay();
      else if (what < 9)
        subscribe();
      else
        agree();
    }
  }

 private:
  std::uint64_t below(std::uint64_t limit) { return random_() % limit; }
  const char* method() {
    static constexpr const char* methods[] = {
        "test_ok", "test_ok", "test_ok", "test_decline", "test_timeout_then_ok"};
    return methods[below(std::size(methods))];
  }
  std::string fresh(const char* kind) { return kind + name_ + '-' + std::to_string(++number_); }

  // Of some gateway; of another one when that was lost.
  e2e::Client& client() {
    if (!client_) client_.emplace(market_.ports_[below(market_.ports_.size())]);
    return *client_;
  }

  // Until it is answered, or the market closes.
  json ask(const std::string& path, const std::string& aggregate, json body) {
    Told told{
        .key = fresh("k-"),
        .aggregate = aggregate,
        .body = std::move(body),
        .known = market_.known_};
    const auto text = told.body.dump();
    do {
      const auto answer = client().post(path, text, {{"Idempotency-Key", told.key}});
      if (answer.status == 0) client_.reset();
      if (answer.status != 0 && answer.status != 429 && answer.status < 500) {
        told.status = answer.status;
        told.answer = json::parse(answer.body);
        break;
      }
      std::this_thread::sleep_for(pause);
    } while (!market_.stopping_);
    if (told.status != 0) ++market_.answered_;
    if (told.answer.contains("position")) learn(told.answer["position"]);
    const std::lock_guard lock{market_.mutex_};
    return market_.told_.emplace_back(std::move(told)).answer;
  }
  // "5f0c2a91-1204" tells that 1205 commits are there.
  void learn(const std::string& position) {
    const auto commits = std::stoull(position.substr(position.find('-') + 1)) + 1;
    auto known = market_.known_.load();
    while (known < commits && !market_.known_.compare_exchange_weak(known, commits)) {
    }
  }

  void receive(const std::string& id, int quantity) {
    ask("/commands/inventory/ReceiveStock",
        "inventory/StockItem/" + id,
        {{"inventory_id", id}, {"quantity", quantity}, {"source_ref", "po-7"}});
  }
  void reserve() {
    ask("/inventory/reserve/" + scarce,
        "inventory/StockItem/" + scarce,
        {{"reservation_id", fresh("r-")}, {"quantity", 1}, {"order_id", "o-0"}});
  }
  void order() {
    const auto id = fresh("o-");
    json items = json::array();
    for (const auto& stock : {scarce, plenty})
      if (stock == plenty || below(4) == 0)
        items.push_back(
            {{"order_item_id", "i-" + stock},
             {"product_id", "p-1"},
             {"inventory_id", stock},
             {"quantity", 1},
             {"unit_price", 1999}});
    const auto placed =
        ask("/orders",
            "ordering/Order/" + id,
            {{"order_id", id},
             {"user_id", name_},
             {"currency_code", "EUR"},
             {"payment_method", method()},
             {"items", items}});
    if (placed.contains("position")) orders_.push_back(id);
  }
  void cancel() {
    if (orders_.empty()) return;
    const auto& id = orders_[below(orders_.size())];
    ask("/orders/" + id + "/cancel", "ordering/Order/" + id, {{"reason", "changed my mind"}});
  }
  void subscribe() {
    const auto id = fresh("s-");
    const auto started =
        ask("/subscriptions",
            "subscription/Subscription/" + id,
            {{"subscription_id", id},
             {"user_id", "u-" + id},
             {"plan_id", "pro~1"},
             {"quantity", 1},
             {"payment_method", method()},
             {"time_zone", "Europe/Berlin"}});
    if (started.contains("position")) subscriptions_.push_back(id);
  }
  void pay() {
    if (subscriptions_.empty()) return;
    const auto& id = subscriptions_[below(subscriptions_.size())];
    ask("/subscriptions/" + id + "/pay",
        "subscription/Subscription/" + id,
        {{"period_index", 0}, {"payment_method", "test_ok"}});
  }
  // A contract, as far as it has come, one step further.
  void agree() {
    const auto at = contract_ + "/milestones/m-1/";
    const auto aggregate = "smart_contract/Agreement/" + contract_id_;
    const auto sign = [&](const std::string& id) {
      const auto row = read(contract_);
      if (row.empty()) return;
      const std::string hash = row["terms_hash"];
      ask(contract_ + "/sign",
          aggregate,
          {{"party_id", id}, {"signature", smart_contract::sign(id, hash)}});
    };
    switch (step_++) {
      case 0:
        return draft();
      case 1:
        return sign("ann");
      case 2:
        return sign("bob");
      case 3:
        ask(contract_ + "/fund", aggregate, {{"party_id", "ann"}, {"payment_method", "test_ok"}});
        return;
      case 4:
        if (read(contract_).value("status", "") != "funded") --step_;
        return;
      case 5:
        ask(at + "deliver", aggregate, {{"party_id", "bob"}, {"evidence_hash", evidence}});
        return;
      case 6:
        ask(at + "accept", aggregate, {{"party_id", "ann"}});
        return;
      default:
        step_ = 0;
    }
  }
  void draft() {
    contract_id_ = fresh("c-");
    contract_ = "/contracts/" + contract_id_;
    ask("/contracts",
        "smart_contract/Agreement/" + contract_id_,
        {{"contract_id", contract_id_},
         {"template_id", "escrow-1"},
         {"parties", {party("ann", "funder", 0), party("bob", "payee", 10'000)}},
         {"arbiters", {"eve"}},
         {"currency_code", "EUR"},
         {"amount", 10'001},
         {"milestones",
          {{{"milestone_id", "m-1"},
            {"title", "all of it"},
            {"amount", 10'001},
            {"due_at", in_a_month()}}}},
         {"fee_bp", 250},
         {"default_payee_bp", 5'000}});
  }
  // A row, once the view has it; an empty object when the market closes.
  json read(const std::string& path) {
    while (!market_.stopping_) {
      const auto answer = client().get(path);
      if (answer.status == 200) return json::parse(answer.body);
      if (answer.status == 0) client_.reset();
      std::this_thread::sleep_for(pause);
    }
    return json::object();
  }

  Market& market_;
  std::string name_;
  std::mt19937_64 random_;
  int number_ = 0;
  std::optional<e2e::Client> client_;
  std::vector<std::string> orders_, subscriptions_;
  std::string contract_, contract_id_;
  int step_ = 0;
};

Market::Market(std::vector<std::uint16_t> ports, unsigned clients, std::uint64_t seed)
    : ports_{std::move(ports)} {
  Customer{*this, "shop", seed}.open();
  for (unsigned i = 0; i < clients; ++i)
    threads_.emplace_back([this, i, seed] { Customer{*this, std::to_string(i), seed + i}.run(); });
}

Market::~Market() { stop(); }

std::vector<Told> Market::stop() {
  stopping_ = true;
  for (auto& thread : threads_) thread.join();
  threads_.clear();
  return std::move(told_);
}

}  // namespace faults
