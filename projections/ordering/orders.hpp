// The view "orders": orders with their items, and how their status has changed.
#pragma once

#include "projections/views/view.hpp"
#include "schemas/ordering.hpp"

namespace ordering {

inline constexpr views::Table<OrderRow> orders{"orders"};
inline constexpr views::Table<OrderStatusRow> history{"history"};  // by order id ~ number

views::ViewType orders_view();

}  // namespace ordering
