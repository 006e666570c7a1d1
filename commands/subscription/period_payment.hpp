// How one period of a subscription is paid, the first and every later one: an instance for each,
// "<subscription id>~<period index>".
//
//   due ──► payment initiated ──► authorized ──► captured ──► activated, renewed
//                 ▲     │ declined, blocked, voided
//                 │     ▼
//                 │   failed ──► first period: the customer may try another payment, for 23 h
//                 │     │
//                 └─────┴──► past due: tried again after 1, 3 and 5 days; then suspended
//
// A payment that somebody else initiates for the period is followed like one of its own; there is
// one under way at a time. A subscription that ends meanwhile, as it does when nothing is paid
// (clock.hpp), gets its money back. As long as nobody knows what became of a payment nothing else
// is charged, and the instance is stuck as subscription_money_unknown; the other names are
// subscription_payment_refused (no payment could be initiated), subscription_payment_open (a
// payment that had failed was authorized after all, and is not voided), subscription_void_failed
// and subscription_refund_failed (money that ought to go back does not), and
// subscription_conclusion_refused (the period is paid, and not renewed).
#pragma once

#include "commands/flows/flow.hpp"
#include "schemas/payment.hpp"
#include "schemas/subscription.hpp"

namespace subscription {

// For the customer to act, when a renewal's payment requires it.
inline constexpr std::chrono::hours action_time{23};
// After the period became past due.
inline constexpr std::chrono::days retries[]{
    std::chrono::days{1}, std::chrono::days{3}, std::chrono::days{5}};

flows::FlowType period_payment();

using flows::Heard;
using flows::Steps;

Steps react(PeriodPayment& state, const FirstPaymentDue& fact, const Heard& heard);
Steps react(PeriodPayment& state, const RenewalDue& fact, const Heard& heard);
Steps react(PeriodPayment& state, const SubscriptionPaymentAttached& fact, const Heard& heard);
Steps react(PeriodPayment& state, const SubscriptionPaymentFailed& fact, const Heard& heard);
Steps react(PeriodPayment& state, const SubscriptionPastDue& fact, const Heard& heard);
Steps react(PeriodPayment& state, const SubscriptionSuspended& fact, const Heard& heard);
Steps react(PeriodPayment& state, const SubscriptionActivated& fact, const Heard& heard);
Steps react(PeriodPayment& state, const SubscriptionRenewed& fact, const Heard& heard);
Steps react(PeriodPayment& state, const SubscriptionCancelled& fact, const Heard& heard);
Steps react(PeriodPayment& state, const SubscriptionExpired& fact, const Heard& heard);

Steps react(PeriodPayment& state, const payment::PaymentBlocked& fact, const Heard& heard);
Steps react(PeriodPayment& state, const payment::PaymentOutcomeUnknown& fact, const Heard& heard);
Steps react(PeriodPayment& state, const payment::PaymentActionRequired& fact, const Heard& heard);
Steps react(PeriodPayment& state, const payment::PaymentAuthorized& fact, const Heard& heard);
Steps react(PeriodPayment& state, const payment::PaymentDeclined& fact, const Heard& heard);
Steps react(PeriodPayment& state, const payment::PaymentCaptured& fact, const Heard& heard);
Steps react(PeriodPayment& state, const payment::CaptureFailed& fact, const Heard& heard);
Steps react(PeriodPayment& state, const payment::PaymentVoided& fact, const Heard& heard);
Steps react(PeriodPayment& state, const payment::VoidFailed& fact, const Heard& heard);
Steps react(PeriodPayment& state, const payment::AuthorizationExpired& fact, const Heard& heard);
Steps react(PeriodPayment& state, const payment::RefundSucceeded& fact, const Heard& heard);
Steps react(PeriodPayment& state, const payment::RefundFailed& fact, const Heard& heard);

using flows::Refused;

Steps react(PeriodPayment& state, const Refused<PaySubscription>& refused, const Heard& heard);
Steps react(
    PeriodPayment& state, const Refused<payment::CapturePayment>& refused, const Heard& heard);
Steps react(PeriodPayment& state, const Refused<payment::VoidPayment>& refused, const Heard& heard);
Steps react(
    PeriodPayment& state, const Refused<payment::RequestRefund>& refused, const Heard& heard);
Steps react(PeriodPayment& state, const Refused<ActivateSubscription>& refused, const Heard& heard);
Steps react(PeriodPayment& state, const Refused<RenewSubscription>& refused, const Heard& heard);
Steps react(PeriodPayment& state, const Refused<RecordPaymentFailure>& refused, const Heard& heard);
Steps react(PeriodPayment& state, const Refused<SuspendSubscription>& refused, const Heard& heard);

}  // namespace subscription
