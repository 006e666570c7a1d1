// The clock of a subscription: it ends when its first payment does not come within 23 hours, or a
// later one within 21 days; each of its periods begins when the one before ends; a pause ends, and
// so does what was cancelled. One instance for each subscription; how a period is paid is another
// flow (period_payment.hpp).
//
// After an outage its timers fire one after the other: a period begins when the one before is paid.
#pragma once

#include "commands/flows/flow.hpp"
#include "schemas/subscription.hpp"

namespace subscription {

flows::FlowType subscription_clock();

using flows::Heard;
using flows::Steps;

Steps react(SubscriptionClock& clock, const SubscriptionRequested& fact, const Heard& heard);
Steps react(SubscriptionClock& clock, const FirstPaymentDue& fact, const Heard& heard);
Steps react(SubscriptionClock& clock, const TrialStarted& fact, const Heard& heard);
Steps react(SubscriptionClock& clock, const SubscriptionActivated& fact, const Heard& heard);
Steps react(SubscriptionClock& clock, const SubscriptionRenewed& fact, const Heard& heard);
Steps react(SubscriptionClock& clock, const SubscriptionPastDue& fact, const Heard& heard);
Steps react(SubscriptionClock& clock, const SubscriptionRecovered& fact, const Heard& heard);
Steps react(SubscriptionClock& clock, const SubscriptionPaused& fact, const Heard& heard);
Steps react(SubscriptionClock& clock, const SubscriptionResumed& fact, const Heard& heard);
Steps react(SubscriptionClock& clock, const CancellationScheduled& fact, const Heard& heard);
Steps react(SubscriptionClock& clock, const CancellationWithdrawn& fact, const Heard& heard);
Steps react(SubscriptionClock& clock, const SubscriptionCancelled& fact, const Heard& heard);
Steps react(SubscriptionClock& clock, const SubscriptionExpired& fact, const Heard& heard);

Steps react(
    SubscriptionClock& clock, const flows::Refused<BeginRenewal>& refused, const Heard& heard);
Steps react(
    SubscriptionClock& clock,
    const flows::Refused<ResumeSubscription>& refused,
    const Heard& heard);

}  // namespace subscription
