#include "gateways/simulators/payment/bank.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "gateways/http/uuid.hpp"
#include "schemas/notation.hpp"

namespace simulator {
namespace {

using nlohmann::json;
using std::chrono::microseconds;

// Where a record is: by key; by id; by time; by when it is due, event and copy.
enum Families : fold::Family { clock = 0, requests, payments, lines, webhooks };
constexpr std::string_view last_time = "last";

constexpr std::size_t page = 1'000;

std::string ordered(kernel::Time time) {
  return fold::ordered(static_cast<std::uint64_t>(time.time_since_epoch().count()));
}
kernel::Time time_of(std::string_view key) {
  return kernel::Time{
      microseconds{static_cast<std::int64_t>(fold::from_ordered(key.substr(0, 8)))}};
}

std::string place_of(const Webhook& webhook) {
  return fold::ordered(static_cast<std::uint64_t>(webhook.due)) +
         webhook.event.at("event_id").get<std::string>() + webhook.copy;
}

Answer fault(unsigned status, std::string_view code, std::string_view message) {
  return {status, {{"error", code}, {"message", message}}};
}
Answer fenced() {
  return fault(409, "fenced", "The key was fenced before it took effect; it will never be used.");
}
Answer no_such_payment() {
  return fault(404, "payment_not_found", "There is no payment of this id; check it.");
}

std::string_view status_of(const Payment& payment) {
  const bool only_told = payment.method == "test_webhook_only" && payment.told == 0;
  return only_told && payment.status == "authorized" ? "pending" : std::string_view{payment.status};
}

Answer describe(const Payment& payment) {
  const auto status = status_of(payment);
  return {
      status == "pending" ? 202u : 200u,
      {{"id", payment.id},
       {"status", status},
       {"reason", payment.reason},
       {"action_url", payment.status == "action_required" ? payment.action_url : ""}}};
}

}  // namespace

// What one operation changes.
class Bank::Posting {
 public:
  explicit Posting(Bank& bank) : bank_{bank}, at_{bank.next_time()} {
    put(clock, std::string{last_time}, ordered(at_));
  }

  std::string new_id(std::string_view prefix) const {
    return fmt::format("{}-{}", prefix, http::make_uuid(at_));
  }
  void put(const Payment& payment) { put(payments, payment.id, json(payment).dump()); }
  void put(const std::string& key, const Asked& asked) { put(requests, key, json(asked).dump()); }

  void book(
      std::string_view kind, const Payment& payment, const std::string& key, std::int64_t amount) {
    const Line line{
        .at = schemas::format_time(at_),
        .kind = std::string{kind},
        .key = key,
        .payment_id = payment.id,
        .reference = payment.reference,
        .amount = amount,
        .currency = payment.currency};
    put(lines, ordered(at_), json(line).dump());
  }

  // By webhook. The payment is to be put afterwards.
  void tell(
      std::string_view type,
      Payment& payment,
      const std::string& key,
      std::int64_t amount,
      std::string_view reason) {
    if (!bank_.options_.webhook_waits) return;
    const bool first = payment.outcomes++ == 0;
    const auto& script = bank_.options_.script;
    const bool chaos = payment.method == "test_webhook_chaos";
    auto due = at_;
    if (payment.method == "test_webhook_only" || chaos)
      due += chaos && first ? script.overtaken_within : script.webhook_late;
    else if (payment.method == "test_timeout_then_ok" && first)
      due += script.answer_late;  // No sooner than the answer, so that the shop is in doubt.
    Webhook webhook{
        .due = due.time_since_epoch().count(),
        .payment_id = payment.id,
        .event = {
            {"event_id", new_id("ev")},
            {"type", type},
            {"payment_id", payment.reference},
            {"gateway_ref", payment.id},
            {"key", key},
            {"amount", amount},
            {"reason", reason.empty() ? json{} : json(reason)},
            {"action_url",
             payment.status == "action_required" && type == payment.status
                 ? json(payment.action_url)
                 : json{}},
            {"metadata", payment.metadata},
            {"occurred_at", schemas::format_time(at_)}}};
    if (chaos && !first) overtake(payment, due + script.webhook_late);
    put(webhook);
    if (!chaos) return;
    webhook.copy = "-again";
    put(webhook);
  }

  void put(const Webhook& webhook) {
    auto place = place_of(webhook);
    bank_.webhooks_from_ = std::min(bank_.webhooks_from_, place);
    put(webhooks, std::move(place), json(webhook).dump());
  }
  void drop(const Webhook& webhook) { batch_.push_back({webhooks, place_of(webhook), {}}); }
  microseconds now() const { return at_.time_since_epoch(); }

  void commit() { bank_.options_.store.write_synced(batch_); }
  // For what does no harm when a power cut undoes it, such as that a webhook was taken.
  void note() { bank_.options_.store.write(batch_); }

 private:
  void put(fold::Family family, std::string key, std::string value) {
    batch_.push_back({family, std::move(key), std::move(value)});
  }

  // What is still to be told of the payment is told at `due`.
  void overtake(const Payment& payment, kernel::Time due) {
    bank_.options_.store.scan(webhooks, "", "", [&](std::string_view, std::string_view value) {
      auto webhook = json::parse(value).get<Webhook>();
      if (webhook.payment_id != payment.id || webhook.attempts > 0) return true;
      drop(webhook);
      webhook.due = due.time_since_epoch().count();
      put(webhook);
      return true;
    });
  }

  Bank& bank_;
  kernel::Time at_;
  fold::Batch batch_;
};

Bank::Bank(Options options) : options_{std::move(options)} {
  if (const auto last = options_.store.get(clock, last_time)) last_ = time_of(*last);
}

std::vector<std::string> Bank::families() { return {"requests", "payments", "lines", "webhooks"}; }

kernel::Time Bank::next_time() {
  last_ = std::max(options_.clock.now(), last_ + microseconds{1});
  return last_;
}

std::optional<Payment> Bank::payment(const std::string& id) const {
  const auto stored = options_.store.get(payments, id);
  if (!stored) return std::nullopt;
  return json::parse(*stored).get<Payment>();
}

std::optional<Asked> Bank::asked(const std::string& key) const {
  const auto stored = options_.store.get(requests, key);
  if (!stored) return std::nullopt;
  return json::parse(*stored).get<Asked>();
}

Answer Bank::once(
    const std::string& key,
    const std::string& operation,
    const json& asked_for,
    const std::function<Answer(Posting&)>& act) {
  const std::lock_guard lock{mutex_};
  const auto text = asked_for.dump();
  if (const auto earlier = asked(key)) {
    if (earlier->operation == "fence") return fenced();
    if (earlier->operation == operation && earlier->asked == text)
      return {earlier->status, earlier->answer};
    return fault(
        409, "key_reused", "The key came with another request before; use a new one for this.");
  }
  Posting posting{*this};
  auto answer = act(posting);
  if (answer.status >= 400) return answer;
  posting.put(key, {operation, text, answer.body.at("id"), answer.status, answer.body});
  posting.commit();
  if (options_.webhook_waits) options_.webhook_waits();
  return answer;
}

Answer Bank::authorize(const std::string& key, const Charge& charge) {
  const json asked_for{
      {"amount", charge.amount},
      {"currency", charge.currency},
      {"method", charge.method},
      {"reference", charge.reference}};
  return once(key, "authorize", asked_for, [&](Posting& posting) {
    Payment made{
        .id = posting.new_id("gw"),
        .key = key,
        .reference = charge.reference,
        .method = charge.method,
        .currency = charge.currency,
        .status = "authorized",
        .amount = charge.amount,
        .metadata = charge.metadata};
    if (charge.method == "test_decline") {
      made.status = "declined";
      made.reason = "insufficient_funds";
    } else if (charge.method == "test_3ds") {
      made.status = "action_required";
      made.action_url = fmt::format("{}/v1/payments/{}/complete_action", charge.base, made.id);
    } else {
      posting.book("authorization", made, key, made.amount);
    }
    posting.tell(made.status, made, key, made.amount, made.reason);
    posting.put(made);
    auto answer = describe(made);
    if (charge.method == "test_timeout_then_ok") answer.when = Answer::When::late;
    return answer;
  });
}

Answer Bank::once_on(
    const std::string& key,
    const std::string& operation,
    const std::string& payment_id,
    std::int64_t amount,
    const std::function<std::string(Payment&)>& act) {
  const json asked_for{{"payment", payment_id}, {"amount", amount}};
  return once(key, operation, asked_for, [&](Posting& posting) {
    auto found = payment(payment_id);
    if (!found) return no_such_payment();
    const auto moved = operation == "void" ? found->amount : amount;
    const auto reason = act(*found);
    const auto status = !reason.empty()          ? "failed"
                        : operation == "capture" ? "captured"
                        : operation == "void"    ? "voided"
                                                 : "refunded";
    if (reason.empty()) posting.book(operation, *found, key, moved);
    posting.tell(status, *found, key, moved, reason);
    posting.put(*found);
    return Answer{
        200, {{"id", payment_id}, {"status", status}, {"reason", reason}, {"action_url", ""}}};
  });
}

Answer Bank::capture(const std::string& key, const std::string& payment_id, std::int64_t amount) {
  return once_on(key, "capture", payment_id, amount, [&](Payment& found) -> std::string {
    if (found.status != "authorized") return "not_authorized";
    if (amount > found.amount - found.captured) return "exceeds_authorized";
    found.captured += amount;
    return {};
  });
}

Answer Bank::void_payment(const std::string& key, const std::string& payment_id) {
  return once_on(key, "void", payment_id, 0, [](Payment& found) -> std::string {
    if (found.captured > 0) return "already_captured";
    if (found.status != "authorized") return "not_authorized";
    found.status = "voided";
    return {};
  });
}

Answer Bank::refund(const std::string& key, const std::string& payment_id, std::int64_t amount) {
  return once_on(key, "refund", payment_id, amount, [&](Payment& found) -> std::string {
    if (amount > found.captured - found.refunded) return "exceeds_captured";
    found.refunded += amount;
    return {};
  });
}

Answer Bank::complete_action(const std::string& payment_id, const std::string& outcome) {
  const std::lock_guard lock{mutex_};
  auto found = payment(payment_id);
  if (!found) return no_such_payment();
  if (found->status == outcome) return describe(*found);
  if (found->status != "action_required")
    return fault(409, "no_action_required", "The payment does not wait for its customer any more.");
  Posting posting{*this};
  found->status = outcome;
  if (outcome == "authorized")
    posting.book("authorization", *found, found->key, found->amount);
  else
    found->reason = "authentication_failed";
  posting.tell(outcome, *found, found->key, found->amount, found->reason);
  posting.put(*found);
  posting.commit();
  if (options_.webhook_waits) options_.webhook_waits();
  return describe(*found);
}

Answer Bank::look_up(const std::string& key) const {
  const std::lock_guard lock{mutex_};
  const auto earlier = asked(key);
  if (!earlier) return fault(404, "request_not_found", "No request came under this key.");
  // An authorization may have gone on since it was answered.
  if (earlier->operation == "authorize") return {200, describe(*payment(earlier->payment_id)).body};
  return {200, earlier->answer};
}

Answer Bank::fence(const std::string& key) {
  const std::lock_guard lock{mutex_};
  const auto earlier = asked(key);
  if (earlier && earlier->operation != "authorize") return {200, earlier->answer};
  Posting posting{*this};
  if (!earlier) {
    const json answer{{"id", ""}, {"status", "fenced"}, {"reason", ""}, {"action_url", ""}};
    posting.put(key, {"fence", "", "", 200, answer});
    posting.commit();
    return {200, answer};
  }
  // What is not settled becomes so: nobody need wait for the webhook, and no customer can act.
  auto found = *payment(earlier->payment_id);
  const auto unsettled = status_of(found);
  if (unsettled == "pending") ++found.told;
  if (unsettled == "action_required") {
    found.status = "voided";
    posting.tell("voided", found, key, found.amount, {});
  }
  posting.put(found);
  posting.commit();
  if (options_.webhook_waits) options_.webhook_waits();
  return {200, describe(found).body};
}

Answer Bank::statement(kernel::Time from, kernel::Time to) const {
  auto shown = json::array();
  json next;
  options_.store.scan(lines, "", ordered(from), [&](std::string_view key, std::string_view line) {
    if (time_of(key) >= to) return false;
    if (shown.size() == page) {
      next = schemas::format_time(time_of(key));
      return false;
    }
    shown.push_back(json::parse(line));
    return true;
  });
  return {200, {{"lines", std::move(shown)}, {"next", std::move(next)}}};
}

std::optional<Webhook> Bank::next_webhook() {
  const std::lock_guard lock{mutex_};
  std::optional<Webhook> first;
  options_.store.scan(
      webhooks, "", webhooks_from_, [&](std::string_view place, std::string_view value) {
        webhooks_from_ = place;
        first = json::parse(value).get<Webhook>();
        return false;
      });
  return first;
}

void Bank::delivered(const Webhook& webhook) {
  const std::lock_guard lock{mutex_};
  Posting posting{*this};
  posting.drop(webhook);
  if (auto found = payment(webhook.payment_id)) {
    ++found->told;
    posting.put(*found);
  }
  posting.note();
}

void Bank::not_taken(const Webhook& webhook) {
  const std::lock_guard lock{mutex_};
  const auto& script = options_.script;
  Posting posting{*this};
  posting.drop(webhook);
  auto later = webhook;
  constexpr std::int64_t doublings_most = 20;
  const auto pause = script.retry_first * (1 << std::min(webhook.attempts, doublings_most));
  ++later.attempts;
  later.due = (posting.now() + std::min<microseconds>(pause, script.retry_most)).count();
  posting.put(later);
  posting.note();
}

}  // namespace simulator
