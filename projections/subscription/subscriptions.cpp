#include "projections/subscription/subscriptions.hpp"

#include "domain/subscription/subscription.hpp"

namespace subscription {
namespace {

using views::FactInfo;
using views::Tables;
using Id = schemas::Id<"Subscription">;
using Status = SubscriptionStatus;

template <class Change>
void edit_plan(Tables& tables, const FactInfo& info, Change&& change) {
  tables.edit(plans, info.id, info, [&](PlanRow& row) {
    change(row);
    row.updated_at = info.at;
  });
}

template <class Change>
void edit(Tables& tables, const FactInfo& info, Change&& change) {
  tables.edit(subscriptions, info.id, info, [&](SubscriptionRow& row) {
    change(row);
    row.updated_at = info.at;
  });
}

// What the plan grants is the user's for as long as the status allows it.
void show_entitlements(Tables& tables, const FactInfo& info, const SubscriptionRow& row) {
  for (const auto& entitlement : row.entitlements) {
    const auto key = std::string{info.id} + '~' + entitlement.feature;
    if (!grants_access(row.status))
      tables.erase(entitlements, key);
    else
      tables.put(
          entitlements,
          key,
          info,
          EntitlementRow{
              .user_id = row.user_id,
              .feature = entitlement.feature,
              .limit = entitlement.limit,
              .subscription_id = Id{info.id},
              .plan_id = row.plan_id,
              .since = info.at});
  }
}

template <class Change>
void show(Tables& tables, const FactInfo& info, Status status, Change&& change) {
  edit(tables, info, [&](SubscriptionRow& row) {
    const bool changes = grants_access(row.status) != grants_access(status);
    row.status = status;
    change(row);
    if (changes) show_entitlements(tables, info, row);
  });
}

void paid(SubscriptionRow& row, std::int64_t index, schemas::Time start, schemas::Time end) {
  row.period_index = index;
  row.current_period_start = start;
  row.current_period_end = end;
  row.next_period_index = index + 1;
  row.renews_at = end;
  row.payment_id.reset();
  row.payment_failure.reset();
}

void over(Tables& tables, const FactInfo& info, Status status, std::optional<std::string> reason) {
  show(tables, info, status, [&](SubscriptionRow& row) {
    if (reason) row.reason = std::move(reason);
    row.ends_at = info.at;
    row.expires_at.reset();
    row.renews_at.reset();
    row.payment_id.reset();
    row.paused_until.reset();
  });
}

bool renews(const SubscriptionRow& row) { return row.renews_at && !row.ends_at; }

}  // namespace

void project(Tables& tables, const FactInfo& info, const SubscriptionPlanDefined& fact) {
  const auto& terms = fact.terms;
  tables.insert(
      plans,
      info.id,
      info,
      PlanRow{
          .plan_id = schemas::Id<"Plan">{info.id},
          .plan_code = fact.plan_code,
          .version = fact.version,
          .name = terms.name,
          .audience = terms.audience,
          .tier_rank = terms.tier_rank,
          .price = terms.price,
          .currency_code = terms.currency_code,
          .interval = terms.interval,
          .interval_count = terms.interval_count,
          .trial_days = terms.trial_days,
          .entitlements = terms.entitlements,
          .status = PlanStatus::offered,
          .created_at = info.at,
          .updated_at = info.at});
}

void project(Tables& tables, const FactInfo& info, const SubscriptionPlanRevised&) {
  edit_plan(tables, info, [](auto& row) { row.status = PlanStatus::revised; });
}

void project(Tables& tables, const FactInfo& info, const SubscriptionPlanRetired&) {
  edit_plan(tables, info, [](auto& row) { row.status = PlanStatus::retired; });
}

void project(Tables& tables, const FactInfo& info, const SubscriptionRequested& fact) {
  tables.insert(
      subscriptions,
      info.id,
      info,
      SubscriptionRow{
          .subscription_id = Id{info.id},
          .user_id = fact.user_id,
          .plan_id = fact.plan_id,
          .quantity = fact.quantity,
          .status = Status::pending,
          .payment_method = fact.payment_method,
          .time_zone = fact.time_zone,
          .created_at = info.at,
          .updated_at = info.at});
}

void project(Tables& tables, const FactInfo& info, const SubscriptionTermsSet& fact) {
  edit(tables, info, [&](SubscriptionRow& row) {
    row.amount = fact.amount;
    row.currency_code = fact.currency_code;
    row.interval = fact.interval;
    row.interval_count = fact.interval_count;
    row.entitlements = fact.entitlements;
  });
}

void project(Tables& tables, const FactInfo& info, const TrialStarted& fact) {
  show(tables, info, Status::trialing, [&](SubscriptionRow& row) {
    row.trial_ends_at = fact.ends_at;
    row.renews_at = fact.ends_at;
  });
}

void project(Tables& tables, const FactInfo& info, const FirstPaymentDue& fact) {
  edit(tables, info, [&](auto& row) { row.expires_at = fact.expires_at; });
}

void project(Tables& tables, const FactInfo& info, const SubscriptionPaymentMethodChanged& fact) {
  edit(tables, info, [&](auto& row) { row.payment_method = fact.payment_method; });
}

void project(Tables& tables, const FactInfo& info, const SubscriptionPaymentAttached& fact) {
  edit(tables, info, [&](auto& row) { row.payment_id = fact.payment_id; });
}

void project(Tables& tables, const FactInfo& info, const SubscriptionPaymentFailed& fact) {
  edit(tables, info, [&](SubscriptionRow& row) {
    row.payment_id.reset();
    row.payment_failure = fact.reason;
  });
}

void project(Tables& tables, const FactInfo& info, const SubscriptionActivated& fact) {
  show(tables, info, Status::active, [&](SubscriptionRow& row) {
    row.expires_at.reset();
    paid(row, fact.period_index, fact.period_start, fact.period_end);
  });
}

void project(Tables& tables, const FactInfo& info, const SubscriptionRenewed& fact) {
  edit(tables, info, [&](SubscriptionRow& row) {
    if (row.status == Status::trialing) row.status = Status::active;
    paid(row, fact.period_index, fact.period_start, fact.period_end);
  });
}

void project(Tables& tables, const FactInfo& info, const SubscriptionPastDue& fact) {
  show(tables, info, Status::past_due, [&](auto& row) { row.expires_at = fact.expires_at; });
}

void project(Tables& tables, const FactInfo& info, const SubscriptionRecovered&) {
  show(tables, info, Status::active, [](SubscriptionRow& row) {
    row.expires_at.reset();
    row.reason.reset();
  });
}

void project(Tables& tables, const FactInfo& info, const SubscriptionSuspended& fact) {
  show(tables, info, Status::suspended, [&](auto& row) { row.reason = fact.reason; });
}

void project(Tables& tables, const FactInfo& info, const SubscriptionPaused& fact) {
  show(tables, info, Status::paused, [&](SubscriptionRow& row) {
    row.paused_until = fact.until;
    row.renews_at.reset();
  });
}

void project(Tables& tables, const FactInfo& info, const SubscriptionResumed& fact) {
  show(tables, info, Status::active, [&](SubscriptionRow& row) {
    row.paused_until.reset();
    row.next_period_index = fact.period_index;
    row.renews_at = fact.period_start;
  });
}

void project(Tables& tables, const FactInfo& info, const CancellationScheduled& fact) {
  edit(tables, info, [&](SubscriptionRow& row) {
    row.ends_at = fact.ends_at;
    row.reason = fact.reason;
  });
}

void project(Tables& tables, const FactInfo& info, const CancellationWithdrawn&) {
  edit(tables, info, [](SubscriptionRow& row) {
    row.ends_at.reset();
    row.reason.reset();
  });
}

void project(Tables& tables, const FactInfo& info, const SubscriptionCancelled& fact) {
  over(tables, info, Status::cancelled, fact.reason);
}

void project(Tables& tables, const FactInfo& info, const SubscriptionExpired&) {
  over(tables, info, Status::expired, std::nullopt);
}

// What these say, the rows show otherwise, or not at all.
void project(Tables&, const FactInfo&, const PlanSubscribed&) {}
void project(Tables&, const FactInfo&, const PlanLeft&) {}
void project(Tables&, const FactInfo&, const RenewalDue&) {}

views::ViewType subscriptions_view() {
  return views::Builder{"subscriptions", 1}
      .table(
          plans,
          {{.by = {"audience", "tier_rank"}},
           {.by = {"plan_code", "version"}},
           {.by = {"status", "tier_rank"}},
           {.by = {"audience", "status", "tier_rank"}}})
      .table(
          subscriptions,
          {{.by = {"created_at"}},
           {.by = {"user_id", "created_at"}},
           {.by = {"status", "created_at"}},
           {.by = {"user_id", "status", "created_at"}},
           {.by = {"renews_at"}, .among = "renewing", .holds = renews},
           {.by = {"status", "renews_at"}, .among = "renewing", .holds = renews}})
      .table(entitlements, {{.by = {"user_id", "feature"}}})
      .facts<PlanFact, SubscriptionFact>()
      .build();
}

void views(std::vector<::views::ViewType>& all) { all.push_back(subscriptions_view()); }

}  // namespace subscription
