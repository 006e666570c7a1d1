// Checkout: a placed order is paid for and confirmed, or given up with its stock and its money.
//
//   placed ──► payment initiated ──► authorized ──► confirmed … shipped
//                    │ declined, blocked, not in time     │ cancelled
//                    └────────────► failed ◄── no stock ──┘──► money let go of, or given back
//
// An instance ends when nothing can change any more: the order is on its way or given up, and the
// money is taken or gone. Money that nobody is sure of makes it stuck as checkout_money_unknown
// once the order has been given up, because somebody may have to explain it to the customer.
#pragma once

#include "commands/flows/flow.hpp"
#include "schemas/ordering.hpp"
#include "schemas/payment.hpp"

namespace ordering {

inline constexpr std::chrono::minutes checkout_time{30};
// For the customer to act, when the payment requires it.
inline constexpr std::chrono::minutes action_time{15};
// When no answer from the payment gateway came; the stock is kept for as long.
inline constexpr std::chrono::minutes unknown_time{60};

flows::FlowType checkout();

flows::Steps react(Checkout& state, const OrderPlaced& fact, const flows::Heard& heard);
flows::Steps react(Checkout& state, const OrderPaymentAttached& fact, const flows::Heard& heard);
flows::Steps react(Checkout& state, const OrderItemsCancelled& fact, const flows::Heard& heard);
flows::Steps react(Checkout& state, const OrderStatusChanged& fact, const flows::Heard& heard);

flows::Steps react(Checkout& state, const payment::PaymentBlocked& fact, const flows::Heard& heard);
flows::Steps react(
    Checkout& state, const payment::PaymentOutcomeUnknown& fact, const flows::Heard& heard);
flows::Steps react(
    Checkout& state, const payment::PaymentActionRequired& fact, const flows::Heard& heard);
flows::Steps react(
    Checkout& state, const payment::PaymentAuthorized& fact, const flows::Heard& heard);
flows::Steps react(
    Checkout& state, const payment::PaymentDeclined& fact, const flows::Heard& heard);
flows::Steps react(
    Checkout& state, const payment::PaymentCaptured& fact, const flows::Heard& heard);
flows::Steps react(Checkout& state, const payment::CaptureFailed& fact, const flows::Heard& heard);
flows::Steps react(Checkout& state, const payment::PaymentVoided& fact, const flows::Heard& heard);
flows::Steps react(Checkout& state, const payment::VoidFailed& fact, const flows::Heard& heard);
flows::Steps react(
    Checkout& state, const payment::AuthorizationExpired& fact, const flows::Heard& heard);
flows::Steps react(
    Checkout& state, const payment::RefundSucceeded& fact, const flows::Heard& heard);
flows::Steps react(Checkout& state, const payment::RefundFailed& fact, const flows::Heard& heard);

flows::Steps react(
    Checkout& state,
    const flows::Refused<payment::InitiatePayment>& refused,
    const flows::Heard& heard);
flows::Steps react(
    Checkout& state, const flows::Refused<ConfirmOrder>& refused, const flows::Heard& heard);
flows::Steps react(
    Checkout& state, const flows::Refused<FailOrder>& refused, const flows::Heard& heard);
flows::Steps react(
    Checkout& state, const flows::Refused<CancelOrder>& refused, const flows::Heard& heard);
flows::Steps react(
    Checkout& state,
    const flows::Refused<payment::VoidPayment>& refused,
    const flows::Heard& heard);
flows::Steps react(
    Checkout& state,
    const flows::Refused<payment::RequestRefund>& refused,
    const flows::Heard& heard);

}  // namespace ordering
