#include "commands/ordering/checkout.hpp"

namespace ordering {
namespace {

using flows::Heard;
using flows::Refused;
using flows::Steps;
using Money = CheckoutMoney;

bool awaits(const Checkout& state) { return state.order <= OrderStatus::awaiting_payment; }
bool given_up(const Checkout& state) {
  return state.order == OrderStatus::cancelled || state.order == OrderStatus::failed;
}
// It cannot be cancelled any more.
bool on_its_way(const Checkout& state) {
  return state.order >= OrderStatus::shipped && state.order <= OrderStatus::completed;
}

flows::Step fail(const Checkout& state, std::string reason) {
  return flows::send("fail", FailOrder{.order_id = state.order_id, .reason = std::move(reason)});
}

flows::Step abandon(const Checkout& state, schemas::Time when, std::string reason) {
  return flows::later(
      when, "abandon", FailOrder{.order_id = state.order_id, .reason = std::move(reason)});
}

// Of an order that is given up. `suffix` tells the tries apart.
flows::Step give_back(const Checkout& state, const std::string& suffix) {
  if (state.captured == 0)
    return flows::send(
        "void" + suffix,
        payment::VoidPayment{.payment_id = state.payment_id, .reason = "the order was given up"});
  return flows::send(
      "refund" + suffix,
      payment::RequestRefund{
          .payment_id = state.payment_id,
          .refund_id = schemas::Id<"Refund">{state.order_id.text() + "~given_up" + suffix},
          .reason = "the order was given up"});
}

// More was taken than the rest of the order costs, now that some of it is cancelled.
Steps give_back_excess(Checkout& state, const Heard& heard) {
  const auto excess = state.captured - state.asked_back - (state.total - state.cancelled);
  if (excess <= 0) return {};
  state.asked_back += excess;
  const auto name = "refund~" + std::to_string(heard.version);
  return {flows::send(
      name,
      payment::RequestRefund{
          .payment_id = state.payment_id,
          .refund_id = schemas::Id<"Refund">{state.order_id.text() + '~' + name},
          .amount = excess,
          .reason = "items were cancelled"})};
}

// Nothing can change any more, and nothing is to be waited for.
bool settled(const Checkout& state) {
  return on_its_way(state) &&
         (state.money == Money::gone || (state.captured > 0 && state.refunded >= state.asked_back));
}

// Nothing is held or taken any more, so there is no order either.
Steps money_gone(Checkout& state, std::string reason) {
  if (state.money == Money::gone) return {};
  state.money = Money::gone;
  if (given_up(state) || on_its_way(state)) return {flows::end()};
  if (awaits(state)) return {fail(state, std::move(reason))};
  return {
      flows::send("cancel", CancelOrder{.order_id = state.order_id, .reason = std::move(reason)})};
}

// Something became of a capture after the order was given up.
Steps give_back_now(const Checkout& state, const Heard& heard) {
  if (!given_up(state)) return {};
  return {give_back(state, '~' + std::to_string(heard.version))};
}

}  // namespace

Steps react(Checkout& state, const OrderPlaced& fact, const Heard& heard) {
  state.order_id = schemas::Id<"Order">{heard.id};
  state.payment_id = schemas::Id<"PaymentIntent">{std::string{heard.id} + "~1"};
  state.placed_at = heard.at;
  state.total = fact.total_amount;
  return {
      flows::follow<payment::PaymentIntentSchema>(state.payment_id),
      flows::send(
          "initiate",
          payment::InitiatePayment{
              .payment_id = state.payment_id,
              .order_id = state.order_id,
              .user_id = fact.user_id,
              .amount = fact.total_amount,
              .currency_code = fact.currency_code,
              .payment_method = fact.payment_method}),
      abandon(state, heard.at + checkout_time, "timed_out")};
}

// It may be another than the one asked for here: the customer was quicker.
Steps react(Checkout& state, const OrderPaymentAttached& fact, const Heard&) {
  state.payment_id = fact.payment_id;
  state.money = Money::asked;
  return {flows::follow<payment::PaymentIntentSchema>(state.payment_id)};
}

Steps react(Checkout& state, const OrderStatusChanged& fact, const Heard&) {
  state.order = fact.new_status;
  if (given_up(state)) {
    Steps steps{flows::forget("abandon")};
    if (state.money == Money::gone)
      steps.push_back(flows::end());
    else if (state.money != Money::none)  // otherwise "initiate" is about to be refused
      steps.push_back(give_back(state, ""));
    if (state.money == Money::unknown) steps.push_back(flows::stuck("checkout_money_unknown"));
    return steps;
  }
  // It went while the order was being confirmed.
  if (state.order == OrderStatus::confirmed && state.money == Money::gone)
    return {
        flows::send("cancel", CancelOrder{.order_id = state.order_id, .reason = "payment_voided"})};
  if (settled(state)) return {flows::end()};
  return {};
}

Steps react(Checkout& state, const OrderItemsCancelled& fact, const Heard& heard) {
  state.cancelled += fact.amount;
  return give_back_excess(state, heard);
}

Steps react(Checkout& state, const payment::PaymentBlocked&, const Heard&) {
  return money_gone(state, "payment_blocked");
}

Steps react(Checkout& state, const payment::PaymentDeclined&, const Heard&) {
  return money_gone(state, "payment_declined");
}

Steps react(Checkout& state, const payment::PaymentVoided&, const Heard&) {
  return money_gone(state, "payment_voided");
}

Steps react(Checkout& state, const payment::PaymentOutcomeUnknown&, const Heard&) {
  if (state.money == Money::asked) state.money = Money::unknown;
  if (given_up(state)) return {flows::stuck("checkout_money_unknown")};
  if (state.money != Money::unknown) return {};
  return {abandon(state, state.placed_at + unknown_time, "payment_unknown")};
}

Steps react(Checkout& state, const payment::PaymentActionRequired&, const Heard& heard) {
  state.money = Money::asked;
  if (!awaits(state)) return {};
  return {abandon(state, heard.at + action_time, "action_required")};
}

Steps react(Checkout& state, const payment::PaymentAuthorized&, const Heard&) {
  if (state.money == Money::gone) return {};  // the payment lets go of it by itself
  state.money = Money::held;
  if (given_up(state)) return {flows::unstuck()};  // it is being voided
  return {
      flows::forget("abandon"), flows::send("confirm", ConfirmOrder{.order_id = state.order_id})};
}

Steps react(Checkout& state, const payment::PaymentCaptured& fact, const Heard& heard) {
  state.captured += fact.amount;
  if (given_up(state)) return give_back_now(state, heard);
  auto steps = give_back_excess(state, heard);
  if (settled(state)) steps.push_back(flows::end());
  return steps;
}

Steps react(Checkout& state, const payment::CaptureFailed&, const Heard& heard) {
  return give_back_now(state, heard);
}

Steps react(Checkout& state, const payment::VoidFailed&, const Heard&) {
  if (!given_up(state)) return {};
  return {flows::stuck("checkout_void_failed")};
}

// What was taken before stays; only without anything taken there is nothing to pay the order with.
Steps react(Checkout& state, const payment::AuthorizationExpired&, const Heard&) {
  if (state.captured > 0) return {};
  return money_gone(state, "authorization_expired");
}

Steps react(Checkout& state, const payment::RefundSucceeded& fact, const Heard&) {
  state.refunded += fact.amount;
  if (settled(state)) return {flows::end()};
  if (state.refunded < state.captured) return {};
  return money_gone(state, "payment_refunded");
}

Steps react(Checkout& state, const payment::RefundFailed&, const Heard&) {
  if (!given_up(state) && state.asked_back == 0) return {};
  return {flows::stuck("checkout_refund_failed")};
}

Steps react(Checkout& state, const Refused<payment::InitiatePayment>& refused, const Heard&) {
  if (refused.code == "ordering/already_attached") return {};  // that one's facts are heard
  return money_gone(state, "payment_refused");
}

Steps react(Checkout& state, const Refused<ConfirmOrder>& refused, const Heard&) {
  if (refused.code == "ordering/not_awaiting_payment") return {};  // it was given up meanwhile
  const bool hold_over = refused.code == "inventory/reservation_expired" ||
                         refused.code == "inventory/reservation_closed";
  if (refused.step == "confirm" && hold_over)
    return {flows::send(
        "confirm_afresh", ConfirmOrder{.order_id = state.order_id, .stock = StockSource::afresh})};
  return {fail(state, "out_of_stock")};
}

// It was confirmed or given up a moment before, which is heard.
Steps react(Checkout&, const Refused<FailOrder>&, const Heard&) { return {}; }

Steps react(Checkout&, const Refused<CancelOrder>& refused, const Heard&) {
  if (refused.code == "ordering/order_closed") return {};
  return {flows::stuck("checkout_shipped_unpaid")};
}

// A capture was quicker; what becomes of it is heard.
Steps react(Checkout&, const Refused<payment::VoidPayment>& refused, const Heard&) {
  if (refused.code == "payment/already_captured") return {};
  return {flows::stuck("checkout_void_failed")};
}

Steps react(Checkout&, const Refused<payment::RequestRefund>& refused, const Heard&) {
  // A capture, or somebody else's refund, is under way; what becomes of it is heard.
  if (refused.code == "payment/not_captured" || refused.code == "payment/exceeds_captured")
    return {};
  return {flows::stuck("checkout_refund_failed")};
}

flows::FlowType checkout() {
  using namespace payment;
  return flows::Builder<Checkout>{"checkout"}
      .begins<OrderPlaced>()
      .hears<OrderPaymentAttached, OrderItemsCancelled, OrderStatusChanged>()
      .hears<PaymentBlocked, PaymentOutcomeUnknown, PaymentActionRequired>()
      .hears<PaymentAuthorized, PaymentDeclined, PaymentCaptured, CaptureFailed>()
      .hears<PaymentVoided, VoidFailed, AuthorizationExpired, RefundSucceeded, RefundFailed>()
      .refused<InitiatePayment, ConfirmOrder, FailOrder, CancelOrder>()
      .refused<VoidPayment, RequestRefund>()
      .build();
}

}  // namespace ordering
