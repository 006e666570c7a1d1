#include "projections/payment/payments.hpp"

#include "domain/payment/payment_intent.hpp"

namespace payment {
namespace {

using views::FactInfo;
using views::Tables;
using Id = schemas::Id<"PaymentIntent">;

template <class Change>
void edit_payment(Tables& tables, const FactInfo& info, Change&& change) {
  tables.edit(payments, info.id, info, [&](PaymentRow& row) {
    change(row);
    row.updated_at = info.at;
  });
}

void show(Tables& tables, const FactInfo& info, PaymentStatus status) {
  edit_payment(tables, info, [&](auto& row) { row.status = raised(row.status, status); });
}

std::string key_of(const FactInfo& info, const schemas::Id<"Refund">& refund) {
  return std::string{info.id} + '~' + refund.text();
}

void end_refund(
    Tables& tables,
    const FactInfo& info,
    const schemas::Id<"Refund">& id,
    RefundStatus status,
    std::optional<std::string> failure) {
  tables.edit(refunds, key_of(info, id), info, [&](RefundRow& row) {
    row.status = status;
    row.failure = std::move(failure);
    row.updated_at = info.at;
  });
}

}  // namespace

void project(Tables& tables, const FactInfo& info, const PaymentInitiated& fact) {
  tables.insert(
      payments,
      info.id,
      info,
      PaymentRow{
          .payment_id = Id{info.id},
          .user_id = fact.user_id,
          .order_id = fact.order_id,
          .subscription_id = fact.subscription_id,
          .period_index = fact.period_index,
          .contract_id = fact.contract_id,
          .amount = fact.amount,
          .currency_code = fact.currency_code,
          .status = PaymentStatus::initiated,
          .payment_method = fact.payment_method,
          .created_at = info.at,
          .updated_at = info.at});
}

void project(Tables& tables, const FactInfo& info, const RiskAssessed& fact) {
  edit_payment(tables, info, [&](auto& row) { row.risk_score = fact.score; });
}

void project(Tables& tables, const FactInfo& info, const PaymentBlocked& fact) {
  edit_payment(tables, info, [&](PaymentRow& row) {
    row.status = raised(row.status, PaymentStatus::blocked);
    row.risk_score = fact.score;
    row.reason = fact.reason;
  });
}

void project(Tables& tables, const FactInfo& info, const AuthorizationRequested&) {
  show(tables, info, PaymentStatus::authorizing);
}

void project(Tables& tables, const FactInfo& info, const PaymentOutcomeUnknown&) {
  show(tables, info, PaymentStatus::outcome_unknown);
}

void project(Tables& tables, const FactInfo& info, const PaymentActionRequired& fact) {
  edit_payment(tables, info, [&](PaymentRow& row) {
    row.status = raised(row.status, PaymentStatus::action_required);
    row.action_url = fact.action_url;
    row.gateway_ref = fact.gateway_ref;
  });
}

void project(Tables& tables, const FactInfo& info, const PaymentDeclined& fact) {
  edit_payment(tables, info, [&](PaymentRow& row) {
    row.status = raised(row.status, PaymentStatus::declined);
    row.reason = fact.reason;
    row.action_url.reset();
  });
}

void project(Tables& tables, const FactInfo& info, const PaymentAuthorized& fact) {
  edit_payment(tables, info, [&](PaymentRow& row) {
    row.status = raised(row.status, PaymentStatus::authorized);
    row.authorized = fact.amount;
    row.gateway_ref = fact.gateway_ref;
    row.action_url.reset();
  });
}

void project(Tables& tables, const FactInfo& info, const PaymentCaptured& fact) {
  edit_payment(tables, info, [&](PaymentRow& row) {
    row.status = raised(row.status, PaymentStatus::captured);
    row.captured += fact.amount;
  });
}

void project(Tables& tables, const FactInfo& info, const PaymentVoided&) {
  edit_payment(tables, info, [&](PaymentRow& row) {
    row.status = raised(row.status, PaymentStatus::voided);
    row.action_url.reset();
  });
}

void project(Tables& tables, const FactInfo& info, const AuthorizationExpired&) {
  edit_payment(tables, info, [&](PaymentRow& row) {
    if (row.captured == 0) row.status = raised(row.status, PaymentStatus::voided);
  });
}

void project(Tables& tables, const FactInfo& info, const RefundRequested& fact) {
  tables.put(
      refunds,
      key_of(info, fact.refund_id),
      info,
      RefundRow{
          .refund_id = fact.refund_id,
          .payment_id = Id{info.id},
          .amount = fact.amount,
          .currency_code = fact.currency_code,
          .status = RefundStatus::requested,
          .reason = fact.reason,
          .created_at = info.at,
          .updated_at = info.at});
}

void project(Tables& tables, const FactInfo& info, const RefundSucceeded& fact) {
  end_refund(tables, info, fact.refund_id, RefundStatus::succeeded, std::nullopt);
  edit_payment(tables, info, [&](PaymentRow& row) {
    row.refunded += fact.amount;
    if (row.refunded == row.captured) row.status = raised(row.status, PaymentStatus::refunded);
  });
}

void project(Tables& tables, const FactInfo& info, const RefundFailed& fact) {
  end_refund(tables, info, fact.refund_id, RefundStatus::failed, fact.reason);
}

// A request that is open, or was refused, leaves the row as it is.
void project(Tables&, const FactInfo&, const CaptureRequested&) {}
void project(Tables&, const FactInfo&, const CaptureFailed&) {}
void project(Tables&, const FactInfo&, const VoidRequested&) {}
void project(Tables&, const FactInfo&, const VoidFailed&) {}

views::ViewType payments_view() {
  return views::Builder{"payments", 5}
      .table(
          payments,
          {{.by = {"order_id", "created_at"}},
           {.by = {"subscription_id", "created_at"}},
           {.by = {"contract_id", "created_at"}}})
      .table(refunds, {{.by = {"payment_id", "created_at"}}})
      .facts<PaymentIntentFact>()
      .build();
}

void views(std::vector<::views::ViewType>& all) { all.push_back(payments_view()); }

}  // namespace payment
