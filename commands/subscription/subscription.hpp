// What may be done with a subscription. Whatever a clock, a webhook and a person do at once, each
// period is renewed once, and has one payment under way at a time: the second to come is refused.
//
// Decisions work out when periods begin, by the zones of the machine (domain/kernel/civil.hpp), and
// their facts say what they came to.
#pragma once

#include "commands/engine/step.hpp"
#include "domain/subscription/subscription.hpp"

namespace subscription {

using SubscriptionDecider = kernel::Decider<SubscriptionSchema, Subscription>;
using SubscriptionDecision = SubscriptionDecider::Decision;

inline constexpr std::int64_t quantity_max = 1000;
inline constexpr std::chrono::hours first_payment_time{23};
inline constexpr std::chrono::days pause_max{90};
// From when a period is past due to the end of its subscription.
inline constexpr std::chrono::days unpaid_time{21};

// How it begins, stops for a while, and ends: subscription.cpp.
SubscriptionDecision decide(const Subscription& subscription, const StartSubscription& command);
SubscriptionDecision decide(const Subscription& subscription, const AcceptTerms& command, Time now);
SubscriptionDecision decide(
    const Subscription& subscription, const ActivateSubscription& command, Time now);
SubscriptionDecision decide(
    const Subscription& subscription, const PauseSubscription& command, Time now);
SubscriptionDecision decide(
    const Subscription& subscription, const ResumeSubscription& command, Time now);
SubscriptionDecision decide(const Subscription& subscription, const CancelSubscription& command);
SubscriptionDecision decide(
    const Subscription& subscription, const ReactivateSubscription& command, Time now);
SubscriptionDecision decide(
    const Subscription& subscription, const ExpireSubscription& command, Time now);

// How its periods are paid: renewal.cpp.
SubscriptionDecision decide(const Subscription& subscription, const PaySubscription& command);
SubscriptionDecision decide(
    const Subscription& subscription, const AttachSubscriptionPayment& command);
SubscriptionDecision decide(const Subscription& subscription, const RecordPaymentFailure& command);
SubscriptionDecision decide(
    const Subscription& subscription, const BeginRenewal& command, Time now);
SubscriptionDecision decide(const Subscription& subscription, const RenewSubscription& command);
SubscriptionDecision decide(const Subscription& subscription, const MarkPastDue& command, Time now);
SubscriptionDecision decide(const Subscription& subscription, const RecoverSubscription& command);
SubscriptionDecision decide(const Subscription& subscription, const SuspendSubscription& command);

// The plan is asked for its terms, and the user's claim is made, in the commit that starts it; both
// are let go of in the one that ends it.
std::vector<engine::Step> together(
    const Subscription& subscription, const StartSubscription& command);
std::vector<engine::Step> together(
    const Subscription& subscription, const CancelSubscription& command);
std::vector<engine::Step> together(
    const Subscription& subscription, const ExpireSubscription& command);
// Nothing is given for money that was not taken, and no other payment is made while the last one
// may still take some.
std::vector<engine::Step> together(
    const Subscription& subscription, const ActivateSubscription& command);
// The payment is initiated in the commit that says which one it is.
std::vector<engine::Step> together(
    const Subscription& subscription, const PaySubscription& command);
// A failed payment makes it past due, and a later one that renews it recovers it.
std::vector<engine::Step> together(
    const Subscription& subscription, const RecordPaymentFailure& command);
std::vector<engine::Step> together(
    const Subscription& subscription, const RenewSubscription& command);

}  // namespace subscription
