// What the simulated gateway keeps, as JSON in its store.
#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>

namespace simulator {

struct Payment {
  std::string id;  // the gateway's own
  std::string key;
  std::string reference;  // the shop's id of it
  std::string method;
  std::string currency;
  std::string status;  // authorized, declined, action_required, voided
  std::string reason;
  std::string action_url;  // where its customer acts, if they must
  std::int64_t amount = 0;
  std::int64_t captured = 0;
  std::int64_t refunded = 0;
  std::int64_t told = 0;      // webhooks that have reached the shop
  std::int64_t outcomes = 0;  // webhooks that there are of it, copies not counted
  nlohmann::json metadata;    // of the shop's; null when it gave none
};

// What was asked under a key, and the answer that its repeats get.
struct Asked {
  std::string operation;  // "authorize"; "fence" when nothing had been asked and nothing may be
  std::string asked;      // all of the request, to tell a repeat from another one
  std::string payment_id;
  unsigned status = 200;
  nlohmann::json answer;
};

struct Line {
  std::string at;
  std::string kind;  // authorization, capture, void, refund
  std::string key;
  std::string payment_id;
  std::string reference;
  std::int64_t amount = 0;
  std::string currency;
};

struct Webhook {
  std::int64_t due = 0;  // microseconds since 1970
  std::int64_t attempts = 0;
  std::string copy;  // told apart by this when there are two of one event
  std::string payment_id;
  nlohmann::json event;
};

NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE_WITH_DEFAULT(
    Payment,
    id,
    key,
    reference,
    method,
    currency,
    status,
    reason,
    action_url,
    amount,
    captured,
    refunded,
    told,
    outcomes,
    metadata)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(Asked, operation, asked, payment_id, status, answer)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(Line, at, kind, key, payment_id, reference, amount, currency)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(Webhook, due, attempts, copy, payment_id, event)

}  // namespace simulator
