#include "gateways/http/subscription/routes.hpp"

namespace subscription {

void routes(http::Routes& routes) {
  routes.command("POST", "/plans", "DefineSubscriptionPlan");
  routes.command("POST", "/plans/{plan_code}/revise", "ReviseSubscriptionPlan");
  routes.command("POST", "/plans/{plan_id}/retire", "RetireSubscriptionPlan");
  routes.command("POST", "/subscriptions", "StartSubscription");
  routes.command("POST", "/subscriptions/{subscription_id}/pay", "PaySubscription");
  routes.command("POST", "/subscriptions/{subscription_id}/renew", "RenewSubscription");
  routes.command("POST", "/subscriptions/{subscription_id}/pause", "PauseSubscription");
  routes.command("POST", "/subscriptions/{subscription_id}/resume", "ResumeSubscription");
  routes.command("POST", "/subscriptions/{subscription_id}/cancel", "CancelSubscription");
  routes.command("POST", "/subscriptions/{subscription_id}/reactivate", "ReactivateSubscription");

  routes.row("/plans/{plan_id}", {.view = "subscriptions", .table = "plans", .row = "PlanRow"});
  routes.list(
      "/plans",
      {.view = "subscriptions",
       .table = "plans",
       .row = "PlanRow",
       .filters = {"audience", "status", "plan_code"},
       .sorts = {"tier_rank"}});
  routes.row(
      "/subscriptions/{subscription_id}",
      {.view = "subscriptions", .table = "subscriptions", .row = "SubscriptionRow"});
  routes.list(
      "/subscriptions",
      {.view = "subscriptions",
       .table = "subscriptions",
       .row = "SubscriptionRow",
       .filters = {"user_id", "status"},
       .sorts = {"-created_at"}});
  // Those that will be renewed, the next one first.
  routes.list(
      "/subscriptions/renewals",
      {.view = "subscriptions",
       .table = "subscriptions",
       .row = "SubscriptionRow",
       .among = "renewing",
       .filters = {"status"},
       .sorts = {"renews_at"}});
  routes.list(
      "/entitlements",
      {.view = "subscriptions",
       .table = "entitlements",
       .row = "EntitlementRow",
       .filters = {"user_id", "feature"}});
}

}  // namespace subscription
