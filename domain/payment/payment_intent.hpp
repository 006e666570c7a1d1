// The money of one order, of one period of a subscription, or of the escrow of a contract: held
// once at most, then taken and given back in parts, or let go of. After every fact, 0 <= refunded +
// open refunds <= captured <= authorized, and the status has not gone back. Refunds are kept here,
// so that two of them cannot both give back the last units.
#pragma once

#include <algorithm>
#include <map>

#include "domain/kernel/decider.hpp"
#include "schemas/payment.hpp"

namespace payment {

// Something the gateway was asked for.
struct Request {
  enum class Kind : std::uint8_t { authorization, capture, release, refund };
  Kind kind = Kind::authorization;
  std::int64_t amount = 0;
  bool open = true;        // its outcome is not recorded
  bool doubted = false;    // it was not answered in time
  bool succeeded = false;  // of a refund: the money is back
  std::optional<schemas::Id<"Refund">> refund_id;
  std::string reason;  // of a refund
};

std::string_view name_of(Request::Kind kind);

struct PaymentIntent {
  std::optional<schemas::Id<"Order">> order_id;
  std::optional<schemas::Id<"Subscription">> subscription_id;
  std::optional<std::int64_t> period_index;
  std::optional<schemas::Id<"Agreement">> contract_id;
  schemas::Id<"User"> user_id;
  std::int64_t amount = 0;
  std::string currency_code;
  std::string payment_method;
  PaymentStatus status = PaymentStatus::initiated;
  bool assessed = false;
  std::string gateway_ref;
  std::int64_t authorized = 0;
  schemas::Time authorized_at;
  bool lapsed = false;  // what was not taken in time is held no more
  std::int64_t captured = 0;
  std::int64_t refunded = 0;
  std::map<std::string, Request> requests;  // by key

  bool exists() const { return !user_id.empty(); }
  const Request* find(const std::string& key, Request::Kind kind) const;
  // What is asked for and not answered.
  std::int64_t open(Request::Kind kind) const;
  bool releasing() const;
  // Held, and not being taken.
  std::int64_t takeable() const;
};

// The enum is in the order of rank.
inline PaymentStatus raised(PaymentStatus status, PaymentStatus to) { return std::max(status, to); }

void evolve(PaymentIntent& intent, const PaymentInitiated& fact);
void evolve(PaymentIntent& intent, const RiskAssessed& fact);
void evolve(PaymentIntent& intent, const PaymentBlocked& fact);
void evolve(PaymentIntent& intent, const AuthorizationRequested& fact);
void evolve(PaymentIntent& intent, const PaymentOutcomeUnknown& fact);
void evolve(PaymentIntent& intent, const PaymentActionRequired& fact);
void evolve(PaymentIntent& intent, const PaymentDeclined& fact);
void evolve(PaymentIntent& intent, const PaymentAuthorized& fact, schemas::Time at);
void evolve(PaymentIntent& intent, const CaptureRequested& fact);
void evolve(PaymentIntent& intent, const PaymentCaptured& fact);
void evolve(PaymentIntent& intent, const CaptureFailed& fact);
void evolve(PaymentIntent& intent, const VoidRequested& fact);
void evolve(PaymentIntent& intent, const PaymentVoided& fact);
void evolve(PaymentIntent& intent, const VoidFailed& fact);
void evolve(PaymentIntent& intent, const AuthorizationExpired& fact);
void evolve(PaymentIntent& intent, const RefundRequested& fact);
void evolve(PaymentIntent& intent, const RefundSucceeded& fact);
void evolve(PaymentIntent& intent, const RefundFailed& fact);

}  // namespace payment
