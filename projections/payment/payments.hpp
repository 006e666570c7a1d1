// The view "payments": payments and what was given back of them.
#pragma once

#include "projections/views/view.hpp"
#include "schemas/payment.hpp"

namespace payment {

inline constexpr views::Table<PaymentRow> payments{"payments"};
inline constexpr views::Table<RefundRow> refunds{"refunds"};  // by payment id ~ refund id

views::ViewType payments_view();

}  // namespace payment
