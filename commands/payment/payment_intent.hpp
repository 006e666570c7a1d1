// What may be done with a payment. Commands named Record… say what the gateway answered; they come
// more than once, late and in any order, so what they say of a request that is settled, or of one
// that never was, is nothing to do.
#pragma once

#include "commands/engine/step.hpp"
#include "domain/payment/payment_intent.hpp"

namespace payment {

using PaymentIntentDecider = kernel::Decider<PaymentIntentSchema, PaymentIntent>;
using PaymentIntentDecision = PaymentIntentDecider::Decision;

inline constexpr std::int64_t risk_max = 100;  // from here on a payment is blocked
inline constexpr std::size_t refunds_max = 100;
// For as long the gateway holds what was authorized and is not taken.
inline constexpr std::chrono::hours authorization_time{7 * 24};

PaymentIntentDecision decide(const PaymentIntent& intent, const InitiatePayment& command);
PaymentIntentDecision decide(const PaymentIntent& intent, const AssessRisk& command);
PaymentIntentDecision decide(const PaymentIntent& intent, const RequestAuthorization& command);
PaymentIntentDecision decide(const PaymentIntent& intent, const RecordAuthorization& command);
PaymentIntentDecision decide(const PaymentIntent& intent, const MarkOutcomeUnknown& command);
PaymentIntentDecision decide(const PaymentIntent& intent, const CapturePayment& command);
PaymentIntentDecision decide(const PaymentIntent& intent, const RecordCapture& command);
PaymentIntentDecision decide(const PaymentIntent& intent, const RequireCaptured& command);
PaymentIntentDecision decide(const PaymentIntent& intent, const RequireClosed& command);
PaymentIntentDecision decide(const PaymentIntent& intent, const RequireRefunded& command);
PaymentIntentDecision decide(const PaymentIntent& intent, const VoidPayment& command);
PaymentIntentDecision decide(
    const PaymentIntent& intent, const ExpireAuthorization& command, kernel::Time now);
PaymentIntentDecision decide(const PaymentIntent& intent, const RecordVoid& command);
PaymentIntentDecision decide(const PaymentIntent& intent, const RequestRefund& command);
PaymentIntentDecision decide(const PaymentIntent& intent, const RecordRefundResult& command);

// What is paid for gets its payment, and the gateway is asked, in the same commit.
std::vector<engine::Step> together(const PaymentIntent& intent, const InitiatePayment& command);
std::vector<engine::Step> together(const PaymentIntent& intent, const AssessRisk& command);
// What goes into an escrow is the contract's amount, whole, while the contract waits for it;
// nothing leaves it but what the contract gives back.
std::vector<engine::Step> together(const PaymentIntent& intent, const CapturePayment& command);
std::vector<engine::Step> together(const PaymentIntent& intent, const RequestRefund& command);

}  // namespace payment
