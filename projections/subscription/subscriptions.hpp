// The view "subscriptions": plans, subscriptions, and what users may use at the moment.
#pragma once

#include "projections/views/view.hpp"
#include "schemas/subscription.hpp"

namespace subscription {

inline constexpr views::Table<PlanRow> plans{"plans"};
inline constexpr views::Table<SubscriptionRow> subscriptions{"subscriptions"};
inline constexpr views::Table<EntitlementRow> entitlements{
    "entitlements"};  // by subscription id ~ feature

views::ViewType subscriptions_view();

}  // namespace subscription
